// Package npm installs node packages for tests.
package npm

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/kept"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
)

// Install installs packages into a folder, as npm install does there. They are
// downloaded once. Where they cannot be had the test is skipped, or fails where
// "node" must be there: see [need.Variable].
func Install(tb testing.TB, name, dir string, packages ...string) {
	tb.Helper()
	need.Program(tb, "node", "npm")
	from, err := kept.Folder("npm", name, kept.Before+"\n"+strings.Join(packages, "\n"), func(dir string) error { return download(dir, packages) })
	if err != nil {
		need.Missing(tb, "node", err.Error())
	}
	// Copies share the files' bytes, and who writes a new file has it alone.
	args := []string{"-al", filepath.Join(from, "node_modules"), filepath.Join(from, "package.json"), dir}
	if exec.Command("cp", args...).Run() == nil {
		return
	}
	args[0] = "-a"
	if out, err := exec.Command("cp", args...).CombinedOutput(); err != nil {
		tb.Fatalf("copy the packages: %s", out)
	}
}

func download(dir string, packages []string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte("{ \"private\": true }\n"), 0o644); err != nil {
		return err
	}
	cmd := exec.Command("npm", append([]string{"install", "--no-audit", "--no-fund", "--loglevel=error", "--before", kept.Before}, packages...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w: %s", err, out)
	}
	return nil
}
