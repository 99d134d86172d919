package common_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/common"
)

func TestPrefix(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "a", 0}, {"ab", "ab", 2}, {"abc", "abd", 2}, {"b", "ab", 0}, {"ab", "abc", 2}} {
		if got := common.Prefix(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: %d", tt.a, tt.b, got)
		}
	}
}
