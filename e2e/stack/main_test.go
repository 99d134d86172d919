package stack_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/launch"
)

func TestMain(m *testing.M) {
	launch.Supervise()
	browser.Main(m)
}
