package ci_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// pins are what lines of workflows and scripts that bring something in must look
// like, by what shows such a line.
var pins = []struct{ shows, want *regexp.Regexp }{
	{regexp.MustCompile(`\buses: `), regexp.MustCompile(`\buses: [a-z-]+(/[a-z-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)},
	{regexp.MustCompile(`\b(go|node|python)-version: `), regexp.MustCompile(`-version: '\d+\.\d+\.\d+'$`)},
	{regexp.MustCompile(`\bruns-on: `), regexp.MustCompile(`: (ubuntu-\d\d\.\d\d|\$\{\{ matrix\.system \}\})$`)},
	{regexp.MustCompile(`\bgo (run|install|get) \S+\.\S+/`), regexp.MustCompile(`@v\d\S*`)},
	{regexp.MustCompile(`\bpip"? install `), regexp.MustCompile(`==\d|--require-hashes`)},
	{regexp.MustCompile(`@latest|-latest\b`), regexp.MustCompile(`^$`)},
	{regexp.MustCompile(`\bnpm (i|install|ci)\b`), regexp.MustCompile(`\bnpm ci\b`)},
}

// TestPinned has what workflows, action and scripts bring in be of one commit, one
// version or one hash.
func TestPinned(t *testing.T) {
	var files []string
	for _, pattern := range []string{".github/workflows/*.yml", "action.yml", "scripts/*.sh", "Makefile"} {
		found, err := filepath.Glob(filepath.Join(project.Root(t), filepath.FromSlash(pattern)))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	seen := map[string]bool{}
	for _, file := range files {
		for line := range strings.Lines(read(t, file)) {
			line = strings.TrimSpace(line)
			for _, pin := range pins {
				if pin.shows.MatchString(line) {
					seen[pin.shows.String()] = true
					if !pin.want.MatchString(line) {
						t.Errorf("%s: %s", filepath.Base(file), line)
					}
				}
			}
		}
	}
	for _, pin := range pins[:3] {
		if !seen[pin.shows.String()] {
			t.Errorf("no line has %s", pin.shows)
		}
	}
}

// TestOneGo has all workflows and the action use the same Go.
func TestOneGo(t *testing.T) {
	versions := map[string]bool{}
	for _, file := range []string{".github/workflows/ci.yml", ".github/workflows/release.yml", "action.yml"} {
		for _, m := range regexp.MustCompile(`go-version: (\S+)`).FindAllStringSubmatch(read(t, filepath.Join(project.Root(t), file)), -1) {
			versions[m[1]] = true
		}
	}
	if len(versions) != 1 {
		t.Errorf("there are %v", versions)
	}
}

// TestNodePinned has each package of node be of one version, and its file of one hash.
func TestNodePinned(t *testing.T) {
	var asked struct{ DevDependencies, Dependencies map[string]string }
	decode(t, "../package.json", &asked)
	for name, version := range asked.DevDependencies {
		if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
			t.Errorf("%s is %s", name, version)
		}
	}
	if len(asked.DevDependencies) == 0 || len(asked.Dependencies) > 0 {
		t.Errorf("packages are listed elsewhere: %+v", asked)
	}
	var lock struct {
		Packages map[string]struct{ Integrity string }
	}
	decode(t, "../package-lock.json", &lock)
	for name, p := range lock.Packages {
		if name != "" && !strings.HasPrefix(p.Integrity, "sha512-") {
			t.Errorf("%s has no hash: %q", name, p.Integrity)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, file)), into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
