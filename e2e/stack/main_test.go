package stack_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

func TestMain(m *testing.M) {
	supervise.Main()
	browser.Main(m)
}
