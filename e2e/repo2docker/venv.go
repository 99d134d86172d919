package repo2docker

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
)

// Release is the release of jupyter-repo2docker that is compared with.
const Release = "2026.4.0"

// Python returns a Python that has repo2docker. Where there can be none, the
// test is skipped.
func Python(tb testing.TB) string {
	tb.Helper()
	return venv.Python(tb, "repo2docker", "jupyter-repo2docker=="+Release)
}
