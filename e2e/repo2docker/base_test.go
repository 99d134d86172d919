package repo2docker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/repo2docker"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

var (
	lockName   = regexp.MustCompile(`environment\.py-([0-9.]+)-linux-64\.lock$`)
	lockedName = regexp.MustCompile(`(?m)/([^/\n]+)-[^-/\n]+-[^-/\n]+\.(?:conda|tar\.bz2)`)
	// asPython are the names that packages of Python's have there, where conda
	// calls them otherwise.
	asPython = map[string]string{"jupyterhub-base": "jupyterhub", "nbconvert-core": "nbconvert", "python-fastjsonschema": "fastjsonschema", "brotli-python": "brotli"}
)

// TestBase compares what is taken to be in each environment from the start with
// what repo2docker locks.
func TestBase(t *testing.T) {
	out, err := exec.Command(repo2docker.Python(t), "-c", "import repo2docker.buildpacks.conda as c; print(c.HERE)").Output()
	if err != nil {
		t.Fatal(err)
	}
	locks, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "environment.py-*-linux-64.lock"))
	if err != nil || len(locks) < 10 {
		t.Fatalf("%d locks were found (%v)", len(locks), err)
	}
	for _, lock := range locks {
		python := lockName.FindStringSubmatch(lock)[1]
		text, err := os.ReadFile(lock)
		if err != nil {
			t.Fatal(err)
		}
		has := map[string]bool{}
		for _, m := range lockedName.FindAllStringSubmatch(string(text), -1) {
			name := packaging.Normalize(m[1])
			has[name] = true
			has[asPython[name]] = true
		}
		for _, name := range installed.BaseNames() {
			if got := installed.InBase(name, python); got != truth.Of(has[name]) {
				t.Errorf("Python %s: %s is there: %v, and repo2docker: %v", python, name, got, has[name])
			}
		}
		for _, name := range []string{"jupyterlab", "notebook", "ipykernel", "tornado", "jupyter-server", "numpy", "jupyter-server-proxy"} {
			if got := installed.InBase(name, python); got != truth.Of(has[name]) {
				t.Errorf("Python %s: %s is there: %v, and repo2docker: %v", python, name, got, has[name])
			}
		}
	}
}
