package bokehbinder_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms are the folders of the module's packages, each after all that it is
// built on. A package belongs to the room with the longest name that it is in.
var rooms = []string{
	"assets", "internal/base", "internal/doors", "internal/source/forge", "card", "internal/source",
	"internal/repository", "internal/lint", "internal/scaffold", "internal/cards", ".", "internal/page",
	"extension", "internal/post", "internal/site", "internal/preview/supervise", "internal/preview/environments",
	"internal/preview/launch", "internal/preview/hub", "internal/preview/watch", "internal/preview/browse",
	"internal/preview/probe", "internal/preview", "internal/cli", "internal/testing",
	"internal/demo", "cmd",
}

// room returns the index of a package's room, -1 if it is in none.
func room(pkg string) int {
	best := slices.Index(rooms, pkg)
	for i, r := range rooms {
		if strings.HasPrefix(pkg, r+"/") && (best < 0 || len(r) > len(rooms[best])) {
			best = i
		}
	}
	return best
}

// TestImportsRunOneWay looks for a package that imports one of a later room, and
// for one that is in no room.
func TestImportsRunOneWay(t *testing.T) {
	const module = "github.com/bokehbinder/bokehbinder"
	read := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "e2e" || name == "build" || strings.HasPrefix(path.Base(name), ".") && name != "." || path.Base(name) == "testdata"):
			return fs.SkipDir
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		read++
		own := room(path.Dir(name))
		if own < 0 {
			t.Errorf("%s is in no room", name)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			rest, ours := strings.CutPrefix(imported, module)
			if pkg := path.Clean(strings.TrimPrefix(rest, "/")); ours && room(pkg) > own {
				t.Errorf("%s imports %s, which is built on it", name, imported)
			}
		}
		return nil
	})
	if err != nil || read == 0 {
		t.Fatalf("%d files read: %v", read, err)
	}
}

// question is a row of the table of questions: the file, and what it holds.
var question = regexp.MustCompile("(?m)^\\| [^|]+\\? \\| `([^`|]+)` \\| `([^`|]+)` \\|$")

// TestQuestionsLeadToTheirFiles looks whether each file that the architecture
// names for a question is there and holds what is said of it.
func TestQuestionsLeadToTheirFiles(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := question.FindAllStringSubmatch(string(text), -1)
	if len(rows) != 12 {
		t.Errorf("%d questions, want 12", len(rows))
	}
	for _, row := range rows {
		file, err := os.ReadFile(row[1])
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(file), row[2]) {
			t.Errorf("%s does not hold %q", row[1], row[2])
		}
	}
}
