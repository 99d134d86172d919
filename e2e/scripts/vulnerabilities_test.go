package scripts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// database is a vulnerability database with one entry: a function of Go's library
// that every version has.
const database = `
-- index/db.json --
{"modified": "2026-01-02T03:04:05Z"}
-- index/modules.json --
[{"path": "stdlib", "vulns": [{"id": "GO-2026-0001", "modified": "2026-01-02T03:04:05Z"}]}]
-- index/vulns.json --
[{"id": "GO-2026-0001", "modified": "2026-01-02T03:04:05Z"}]
-- ID/GO-2026-0001.json --
{"schema_version": "1.3.1", "id": "GO-2026-0001", "modified": "2026-01-02T03:04:05Z", "published": "2026-01-02T03:04:05Z",
 "summary": "Names are told to everybody", "details": "A sample.",
 "affected": [{"package": {"name": "stdlib", "ecosystem": "Go"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
  "ecosystem_specific": {"imports": [{"path": "os", "symbols": ["Hostname"]}]}}],
 "database_specific": {"url": "https://example.org/GO-2026-0001"}}
`

// TestVulnerabilities has the script tell what is called of what the database has,
// that nothing is, and that it cannot be known.
func TestVulnerabilities(t *testing.T) {
	if out, err := exec.Command("go", "mod", "download", govulncheck(t)).CombinedOutput(); err != nil {
		need.Missing(t, "goproxy", string(out))
	}
	dir, known := project.Copy(t, "Makefile", "scripts/vulnerabilities.sh"), t.TempDir()
	unpack(t, known, database)
	program := "-- go.mod --\nmodule example.org/sample\n\ngo 1.26\n-- main.go --\npackage main\n\nimport \"os\"\n\nfunc main() { _, _ = os.CALLED() }\n"
	for _, tt := range []struct {
		called, database, says string
		code                   int
	}{
		{"Hostname", "file://" + filepath.ToSlash(known), "Names are told to everybody", 2}, // as make has it
		{"Getwd", "file://" + filepath.ToSlash(known), "No vulnerabilities found.", 0},
		{"Nothing", "file://" + filepath.ToSlash(known), "undefined: os.Nothing", 2},
		{"Hostname", "", "vulnerabilities: not known, since the database is out of reach (", 0},
	} {
		unpack(t, dir, strings.ReplaceAll(program, "CALLED", tt.called))
		t.Setenv("GOVULNDB", tt.database)
		if tt.database == "" {
			// Go's own, which nobody gets to through such a proxy. The tool is there by now.
			t.Setenv("GOPROXY", "file://"+filepath.ToSlash(filepath.Join(moduleCache(t), "cache", "download")))
			t.Setenv("GOSUMDB", "off")
			t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
		}
		if out, code := run(t, dir, "make", "vulnerabilities"); code != tt.code || !strings.Contains(out, tt.says) {
			t.Errorf("%s with %s: exit code %d, nothing of %q: %s", tt.called, tt.database, code, tt.says, out)
		}
	}
}

func unpack(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// govulncheck is the module of the tool, with its version, as the script has it.
func govulncheck(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("../../scripts/vulnerabilities.sh")
	if err != nil {
		t.Fatal(err)
	}
	tool := regexp.MustCompile(`(golang\.org/x/vuln)/cmd/govulncheck(@\S+)`).FindSubmatch(script)
	if tool == nil {
		t.Fatal("the script names no version of govulncheck")
	}
	return string(tool[1]) + string(tool[2])
}

func moduleCache(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(dir))
}
