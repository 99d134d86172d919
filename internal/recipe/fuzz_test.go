package recipe_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// memory is a tree in memory.
type memory files

var _ repo.Tree = memory(nil)

func (m memory) Address() forge.Address { return forge.Address{} }
func (m memory) Name() string           { return "dashboard" }
func (m memory) Commit() string         { return "" }
func (m memory) Date() time.Time        { return time.Time{} }
func (m memory) Close() error           { return nil }

func (m memory) Files() []repo.File {
	var out []repo.File
	for p, text := range m {
		out = append(out, repo.File{Path: p, Mode: repo.ModeFile, Size: int64(len(text))})
	}
	slices.SortFunc(out, func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

func (m memory) Read(_ context.Context, paths []string) (map[string]repo.Blob, error) {
	out := map[string]repo.Blob{}
	for _, p := range paths {
		if text, ok := m[p]; ok {
			out[p] = repo.Blob{Data: []byte(text), Size: int64(len(text))}
		}
	}
	return out, nil
}

// FuzzCheck checks and mends the base story with one file changed: nothing
// panics, every finding names a file that is there and a line that it has, and
// mending comes to an end.
func FuzzCheck(f *testing.F) {
	names := []string{
		".binder/environment.yml", ".binder/requirements.txt", ".binder/postBuild", ".binder/start", ".binder/jupyter_server_config.py",
		".binder/runtime.txt", ".binder/apt.txt", ".binder/ext.json", ".binder/ext.py", "app/main.py", "README.md", ".gitmodules",
		".gitattributes", ".binder/Pipfile", ".binder/Dockerfile",
	}
	for _, s := range loadStories(f) {
		for name, text := range s.files {
			if i := slices.Index(names, name); i >= 0 {
				f.Add(uint8(i), text)
			}
		}
	}
	f.Add(uint8(2), "#!/bin/sh -")
	f.Add(uint8(3), "#!/bin/bash\r\nbokeh serve app")
	base := loadStories(f)[0].files
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		m := memory{}
		for name, content := range base {
			m[name] = content
		}
		m[names[int(which)%len(names)]] = text
		r, err := recipe.Inspect(context.Background(), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range r.Findings {
			content, ok := m[found.Path]
			if found.Path != "" && found.Path != ".binder" && !ok {
				t.Errorf("%s names %q, which is not there", found.ID, found.Path)
			}
			if ok && found.Line > strings.Count(content, "\n")+1 {
				t.Errorf("%s names line %d of %q", found.ID, found.Line, content)
			}
		}
		if _, err := recipe.Fix(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	})
}
