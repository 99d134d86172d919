package truth_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
)

// TestUnknown checks that what cannot be known never decides, and is never
// decided for.
func TestUnknown(t *testing.T) {
	for _, v := range []truth.Value{truth.Yes, truth.No, truth.Unknown} {
		if got := v.And(truth.Unknown); got == truth.Yes || v == truth.No && got != truth.No {
			t.Errorf("%v and unknown is %v", v, got)
		}
		if got := v.Or(truth.Unknown); got == truth.No || v == truth.Yes && got != truth.Yes {
			t.Errorf("%v or unknown is %v", v, got)
		}
		if v.Not().Not() != v {
			t.Errorf("not not %v is %v", v, v.Not().Not())
		}
	}
	if truth.Unknown.Not() != truth.Unknown || truth.Of(true) != truth.Yes || truth.Of(false).String() != "no" {
		t.Error("an answer became another one")
	}
}
