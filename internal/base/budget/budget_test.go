package budget_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/budget"
)

func TestDraw(t *testing.T) {
	b := budget.New(map[budget.Kind]int{budget.Tags: 3, budget.HTML: 10})
	ctx := budget.With(context.Background(), b)
	if err := budget.Draw(ctx, budget.Tags, 2); err != nil {
		t.Fatal(err)
	}
	var spent *budget.Spent
	if err := budget.Draw(ctx, budget.Tags, 2); !errors.As(err, &spent) || spent.Limit != 3 || err.Error() != "the document has more than 3 of these tags" {
		t.Errorf("got %v", err)
	}
	if err := budget.Draw(ctx, budget.Tags, 1); err != nil || b.Has(budget.Tags, 1) || !b.Has(budget.HTML, 10) {
		t.Errorf("what could not be drawn is gone: %v", err)
	}
	if err := budget.Draw(ctx, budget.Repositories, 1); err == nil {
		t.Error("what has no limit is allowed")
	}
	if err := budget.Draw(context.Background(), budget.Tags, 1000); err != nil {
		t.Errorf("without a budget: %v", err)
	}
}
