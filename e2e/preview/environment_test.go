package preview_test

import (
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
)

// environment returns the folder of an environment with Bokeh and Jupyter.
func environment(tb testing.TB) string {
	tb.Helper()
	return filepath.Dir(filepath.Dir(venv.Jupyter(tb)))
}
