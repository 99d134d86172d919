// Package linttest has what the tests of findings and of repairs share: small
// repositories, and the stories of the rules.
package linttest

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Files are a repository's, by their paths.
type Files map[string]string

// Folder writes files to a folder named dashboard.
func Folder(t testing.TB, fs Files) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dashboard")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range fs {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Check checks a folder.
func Check(t testing.TB, dir string) *lint.Report {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	return CheckTree(t, tree)
}

// CheckTree checks a tree.
func CheckTree(t testing.TB, tree repo.Tree) *lint.Report {
	t.Helper()
	r, err := lint.CheckTree(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Lines writes findings, one a line, without their columns.
func Lines(r *lint.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s %s:%d: %s\n", f.Level, f.Rule.ID, f.At.File, f.At.Line, f.Message)
	}
	return b.String()
}

// characters writes those that a reader of testdata would not see.
var characters = strings.NewReplacer(`{CR}`, "\r", `{BOM}`, "\ufeff", `{TAB}`, "\t")

// Story is one repository of testdata/rules.txt: a line "== ID: what", or
// "== not ID: what", then the cause of its finding, then the findings, then the
// files that it has besides those of the base, which is the first story. A file
// "-- NAME (none) --" is taken from the base.
type Story struct {
	Title, Want string
	Files       Files
	// Cause is "without PATH", "without PATH:LINE", "instead PATH:LINE TEXT" or
	// "instead PATH TEXT": with this alone the story's own finding is gone.
	Cause string
}

// WithoutCause returns the story's files without the cause of its finding.
func (s *Story) WithoutCause() (Files, error) {
	verb, rest, _ := strings.Cut(s.Cause, " ")
	place, text, _ := strings.Cut(rest, " ")
	p, number, hasLine := strings.Cut(place, ":")
	old, ok := s.Files[p]
	out := maps.Clone(s.Files)
	switch {
	case verb == "instead" && !hasLine:
		out[p] = written(text)
		return out, nil
	case verb != "without" && verb != "instead" || !ok:
		return nil, fmt.Errorf("%q is no cause", s.Cause)
	case !hasLine:
		delete(out, p)
		return out, nil
	}
	lines := slices.Collect(strings.Lines(old))
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(lines) {
		return nil, fmt.Errorf("%s has no line %s", p, number)
	}
	lines[n-1] = ""
	if verb == "instead" {
		lines[n-1] = written(text)
	}
	out[p] = strings.Join(lines, "")
	return out, nil
}

// written is the text of a cause as a file has it: "\n" is a line end.
func written(text string) string {
	return characters.Replace(strings.ReplaceAll(text, `\n`, "\n")) + "\n"
}

// StoryFile is the path of the file that holds the stories.
func StoryFile() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "lint", "testdata", "rules.txt")
}

// Stories reads the stories.
func Stories(t testing.TB) []Story {
	t.Helper()
	data, err := os.ReadFile(StoryFile())
	if err != nil {
		t.Fatal(err)
	}
	var out []Story
	for _, part := range strings.Split("\n"+string(data), "\n== ")[1:] {
		title, rest, _ := strings.Cut(part, "\n")
		s := Story{Title: title, Files: Files{}}
		if len(out) > 0 && !strings.HasSuffix(title, "(alone)") {
			for name, text := range out[0].Files {
				s.Files[name] = text
			}
		}
		name := ""
		for line := range strings.Lines(rest) {
			if inner, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(inner, " --\n") {
				name = strings.TrimSuffix(inner, " --\n")
				if gone, ok := strings.CutSuffix(name, " (none)"); ok {
					delete(s.Files, gone)
					name = "-"
					continue
				}
				s.Files[name] = ""
			} else if name == "" && (strings.HasPrefix(line, "without ") || strings.HasPrefix(line, "instead ")) {
				s.Cause = strings.TrimSuffix(line, "\n")
			} else if name == "" {
				s.Want += line
			} else if name != "-" {
				s.Files[name] += characters.Replace(line)
			}
		}
		out = append(out, s)
	}
	return out
}

// Memory is a tree in Memory, of the repository o/n, whose default branch is main.
type Memory Files

var _ repo.Tree = Memory(nil)

func (m Memory) Address() forge.Address { return forge.Address{} }
func (m Memory) Name() string           { return "dashboard" }
func (m Memory) Commit() string         { return "" }
func (m Memory) Date() time.Time        { return time.Time{} }
func (m Memory) Close() error           { return nil }

// Home implements [repo.Tree].
func (m Memory) Home(context.Context) repo.Home {
	a, _ := forge.AtHub("gh", "o/n")
	return repo.Home{Address: a, Default: "main"}
}

func (m Memory) Files() []repo.File {
	var out []repo.File
	for p, text := range m {
		out = append(out, repo.File{Path: p, Mode: repo.ModeFile, Size: int64(len(text))})
	}
	slices.SortFunc(out, func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

func (m Memory) Read(_ context.Context, paths []string) (map[string]repo.Blob, error) {
	out := map[string]repo.Blob{}
	for _, p := range paths {
		if text, ok := m[p]; ok {
			out[p] = repo.Blob{Data: []byte(text), Size: int64(len(text))}
		}
	}
	return out, nil
}
