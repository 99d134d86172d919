package generators

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/npm"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
)

// installers do what a line of a page installs, which begins so, for a site in a
// folder, and return the folder of the programs and what is installed.
var installers = []struct {
	begins  string
	install func(t *testing.T, page string, packages []string, dir string) (bin string, installed []string)
}{
	{"pip install ", func(t *testing.T, page string, packages []string, _ string) (string, []string) {
		return filepath.Dir(venv.Python(t, "site-"+page, packages...)), packages
	}},
	{"npm install ", func(t *testing.T, page string, packages []string, dir string) (string, []string) {
		for _, p := range packages {
			if !strings.Contains(p[1:], "@") {
				t.Errorf("the page does not say the version of %s", p)
			}
		}
		npm.Install(t, page, dir, packages...)
		return filepath.Join(dir, "node_modules", ".bin"), packages
	}},
	{"sudo apt-get install jekyll", func(t *testing.T, _ string, _ []string, _ string) (string, []string) {
		out, err := exec.Command("dpkg-query", "--show", "--showformat", "${Package} ${Version}\n", "jekyll", "jekyll-theme-minima", "ruby-jekyll-feed").Output()
		if err != nil {
			need.Missing(t, "jekyll", "not all of Debian's packages are installed: "+err.Error())
		}
		return "", strings.Split(strings.TrimSpace(string(out)), "\n")
	}},
}

// install does what a line installs; not ok if it is another command.
func (s *site) install(t *testing.T, line string) (ok bool) {
	t.Helper()
	for _, i := range installers {
		packages, found := strings.CutPrefix(line, i.begins)
		if !found {
			continue
		}
		named := slices.DeleteFunc(strings.Fields(packages), func(word string) bool { return strings.HasPrefix(word, "-") })
		bin, installed := i.install(t, s.page, named, s.dir)
		if s.installed = append(s.installed, installed...); bin != "" {
			s.path = bin + string(filepath.ListSeparator) + s.path
		}
		return true
	}
	return false
}

// node returns the folder of a node of a version.
func node(t *testing.T, version string) (bin string) {
	t.Helper()
	arch := strings.Replace(runtime.GOARCH, "amd64", "x64", 1)
	name := "node-" + runtime.GOOS + "-" + arch
	dir := t.TempDir()
	npm.Install(t, "node", dir, name+"@"+version)
	return filepath.Join(dir, "node_modules", name, "bin")
}
