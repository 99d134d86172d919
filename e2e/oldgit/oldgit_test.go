// Package oldgit reads repositories with the oldest git that the docs name.
package oldgit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// version is that of the oldest git.
const version = "2.30"

// wrapper runs it where make setup has put it. It is older than the variables by which
// tests configure git, which become options.
const wrapper = `#!/bin/sh
[ -s "${GIT_CONFIG_GLOBAL:-}" ] && set -- -c "include.path=$GIT_CONFIG_GLOBAL" "$@"
i=0
while [ $i -lt "${GIT_CONFIG_COUNT:-0}" ]; do
  eval "set -- -c \"\$GIT_CONFIG_KEY_$i=\$GIT_CONFIG_VALUE_$i\" \"\$@\""
  i=$((i + 1))
done
HOME=/nonexistent GIT_EXEC_PATH='%[1]s/lib/git-core' exec '%[1]s/bin/git' "$@"
`

// large are the tests of memory and traffic, which take long and are about no version.
const large = "TestBigFileBeside|TestTooLarge|TestManyFiles|TestLargeObject"

// TestReading runs the tests of reading with it.
func TestReading(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	installed := filepath.Join(root, "build", "git-"+version, "usr")
	need.File(t, "git-"+version, filepath.Join(installed, "bin", "git"), "make setup gets it where apt has packages of Debian 11")
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "git"), fmt.Appendf(nil, wrapper, installed), 0o755); err != nil {
		t.Fatal(err)
	}
	gittest.ClearEnv(t)
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if out, err := exec.Command("git", "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "git version "+version+".") {
		t.Fatalf("git version: %v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-skip", large, "./internal/source/repo")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("with git %s: %v\n%s", version, err, out)
	}
}

// TestStated looks for that version where it is stated.
func TestStated(t *testing.T) {
	for _, name := range []string{"exampleSite/content/troubleshooting/authors.md", "internal/source/repo/failure.go"} {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "git "+version+" or newer") {
			t.Errorf("%s does not say that git %s or newer is needed", name, version)
		}
	}
}
