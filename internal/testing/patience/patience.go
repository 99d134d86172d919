// Package patience has tests wait for what they wait for, and not for a while.
package patience

import (
	"testing"
	"time"
)

// Limit is how long a test waits for what will surely come. It is long because
// the machine may be busy; a test that passes never waits for it to pass.
const Limit = 10 * time.Minute

// pause is how long it takes until a condition is looked at again.
const pause = 20 * time.Millisecond

// Until asks until the answer is yes, and reports whether it ever was.
func Until(condition func() bool) bool {
	for end := time.Now().Add(Limit); time.Now().Before(end); time.Sleep(pause) {
		if condition() {
			return true
		}
	}
	return false
}

// Eventually is [Until] for a test: what names what never came true.
func Eventually(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	if !Until(condition) {
		tb.Fatalf("this never came true: %s", what)
	}
}

// Receive returns what a channel gives, or the zero value once it is closed.
func Receive[T any](tb testing.TB, what string, from <-chan T) T {
	tb.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(Limit):
		tb.Fatalf("this never came: %s", what)
		panic("unreachable")
	}
}
