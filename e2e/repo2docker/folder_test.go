package repo2docker_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/binder"
)

// folder is a folder on disk as the build's rules see it.
type folder string

var _ binder.Files = folder("")

func (f folder) IsDir(path string) bool {
	info, err := os.Stat(filepath.Join(string(f), path))
	return err == nil && info.IsDir()
}

func (f folder) Exists(path string) bool {
	_, err := os.Stat(filepath.Join(string(f), path))
	return err == nil
}

func (f folder) Read(path string) ([]byte, bool) {
	content, err := os.ReadFile(filepath.Join(string(f), path))
	return content, err == nil
}

// write makes a folder of files "path=content".
func write(t *testing.T, files []string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		name, content, _ := strings.Cut(f, "=")
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
