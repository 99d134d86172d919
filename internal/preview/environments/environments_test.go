//go:build linux || darwin

package environments_test

import (
	"os"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

func TestMain(m *testing.M) {
	supervise.Main()
	os.Exit(m.Run())
}
