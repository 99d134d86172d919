package browser_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }
