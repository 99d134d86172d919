package repository_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// tree is a repo.Tree in memory.
type tree struct {
	address forge.Address
	commit  string
	files   []repo.File
	content map[string]string
	read    [][]string // the paths of each Read
	err     error      // what Read returns
	closed  bool
}

var _ repo.Tree = (*tree)(nil)

func (t *tree) Address() forge.Address { return t.address }
func (t *tree) Commit() string         { return t.commit }
func (t *tree) Files() []repo.File     { return t.files }
func (t *tree) Close() error           { t.closed = true; return nil }

func (t *tree) Home(context.Context) repo.Home { return repo.Home{Address: t.address, Default: "main"} }

func (t *tree) Name() string {
	if t.address.URL == "" {
		return "folder"
	}
	return t.address.URL
}

func (t *tree) Date() time.Time {
	if t.commit == "" {
		return time.Time{}
	}
	return time.Date(2020, 11, 14, 16, 0, 0, 0, time.FixedZone("", 3600))
}

func (t *tree) Read(_ context.Context, paths []string) (map[string]repo.Blob, error) {
	t.read = append(t.read, slices.Clone(paths))
	out := map[string]repo.Blob{}
	for _, p := range paths {
		if text, ok := t.content[p]; ok {
			data := text[:min(len(text), 1<<20)]
			out[p] = repo.Blob{Data: []byte(data), Size: int64(len(text))}
		}
	}
	return out, t.err
}

const commit = "16eebda4779dd6dc52fcdc4c2181b291fbb5a270"

// newTree makes a tree of files: "name" with its content, "name -> target" for
// a symbolic link, "name @" for a submodule, "name *" for an executable.
func newTree(t *testing.T, address string, files map[string]string) *tree {
	t.Helper()
	out := &tree{content: map[string]string{}}
	if address != "" {
		a, err := forge.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		out.address, out.commit = a, commit
	}
	for name, text := range files {
		f := repo.File{Path: name, Mode: repo.ModeFile, Size: -1}
		if p, target, ok := strings.Cut(name, " -> "); ok {
			f.Path, f.Mode, text = p, repo.ModeSymlink, target
		} else if p, ok := strings.CutSuffix(name, " @"); ok {
			f.Path, f.Mode = p, repo.ModeSubmodule
		} else if p, ok := strings.CutSuffix(name, " *"); ok {
			f.Path, f.Mode = p, repo.ModeExecutable
		}
		if f.Mode != repo.ModeSubmodule {
			out.content[f.Path] = text
		}
		out.files = append(out.files, f)
	}
	slices.SortFunc(out.files, func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// archive reads a file of testdata: a line "-- name --" before each file's
// content. What stands before the first is a comment.
func archive(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return parseArchive(string(text))
}

func parseArchive(text string) map[string]string {
	files, name := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(rest, " --\n") {
			name = strings.TrimSuffix(rest, " --\n")
			files[name] = ""
		} else if name != "" {
			files[name] += line
		}
	}
	return files
}
