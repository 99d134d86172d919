package bokehbinder_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/extension"
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

// sources parses the module's files that are not tests.
func sources(t *testing.T, each func(name string, file *ast.File)) {
	t.Helper()
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
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err == nil {
			each(name, file)
		}
		return err
	})
	if err != nil || read == 0 {
		t.Fatalf("%d files read: %v", read, err)
	}
}

// TestImportsRunOneWay looks for a package that imports one of a later room, and
// for one that is in no room.
func TestImportsRunOneWay(t *testing.T) {
	const module = "github.com/bokehbinder/bokehbinder"
	sources(t, func(name string, file *ast.File) {
		own := room(path.Dir(name))
		if own < 0 {
			t.Errorf("%s is in no room", name)
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			rest, ours := strings.CutPrefix(imported, module)
			if pkg := path.Clean(strings.TrimPrefix(rest, "/")); ours && room(pkg) > own {
				t.Errorf("%s imports %s, which is built on it", name, imported)
			}
		}
	})
}

// sole are packages that one package alone may import, since it bounds what they do.
var sole = map[string]string{"github.com/BurntSushi/toml": "internal/base/tables"}

// TestBoundedDecodersAreUsedInOnePlace looks for other imports of them.
func TestBoundedDecodersAreUsedInOnePlace(t *testing.T) {
	found := map[string]bool{}
	sources(t, func(name string, file *ast.File) {
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			switch by := sole[imported]; by {
			case "":
			case path.Dir(name):
				found[imported] = true
			default:
				t.Errorf("%s imports %s, which is for %s alone", name, imported, by)
			}
		}
	})
	for imported, by := range sole {
		if !found[imported] {
			t.Errorf("%s does not import %s", by, imported)
		}
	}
}

// limit is a row of the list of limits: the file, and a constant with its value.
var limit = regexp.MustCompile("(?m)^\\| [^|]+ \\| `([^`|]+)` \\| `(\\w+) = ([^`|]+)` \\| [^|]+ \\|$")

// limitName is what limits are called, and limited where they bound what a stranger
// writes.
var (
	limitName = regexp.MustCompile(`^(?:[dD]efault)?[mM]ax[A-Z]|^DefaultSteps$`)
	limited   = regexp.MustCompile(`^(?:card|internal/(?:base|source|repository|page|post|preview))/`)
)

// TestLimitsAreAsListed compares the list of limits with the constants, both ways.
func TestLimitsAreAsListed(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	sources(t, func(name string, file *ast.File) {
		for constant, value := range constants(file) {
			values[name+" "+constant] = value
		}
	})
	listed := map[string]bool{}
	for _, row := range limit.FindAllStringSubmatch(string(text), -1) {
		listed[row[1]+" "+row[2]] = true
		if got := values[row[1]+" "+row[2]]; got != row[3] {
			t.Errorf("%s: %s is %q, and %q in the list", row[1], row[2], got, row[3])
		}
	}
	for name := range values {
		file, constant, _ := strings.Cut(name, " ")
		if limitName.MatchString(constant) && limited.MatchString(file) && !listed[name] {
			t.Errorf("%s: %s is not in the list of limits in docs/architecture.md", file, constant)
		}
	}
}

// constants are the constants of a file's top level, as they are written.
func constants(file *ast.File) map[string]string {
	out := map[string]string{}
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, value := range spec.Values {
				var text strings.Builder
				_ = printer.Fprint(&text, token.NewFileSet(), value)
				out[spec.Names[i].Name] = text.String()
			}
		}
	}
	return out
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
	if len(rows) != 13 {
		t.Errorf("%d questions, want 13", len(rows))
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

// TestDocumentsLimitsAreAsListed compares what the documentation says of the limits of
// one document with the extension's.
func TestDocumentsLimitsAreAsListed(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	known, strangers := extension.DefaultLimits(), extension.CommentLimits()
	for _, row := range []string{
		fmt.Sprintf("| tags | %d | %d |", known.Tags, strangers.Tags),
		fmt.Sprintf("| repositories | %d | %d |", known.Repositories, strangers.Repositories),
		fmt.Sprintf("| processes of git | %d | %d |", known.Processes, strangers.Processes),
		fmt.Sprintf("| bytes of HTML | %d | %d |", known.HTML, strangers.HTML),
		fmt.Sprintf("| time | %v | %v |", known.Time, strangers.Time),
	} {
		if !strings.Contains(string(text), "\n"+row+"\n") {
			t.Errorf("docs/architecture.md lacks %s", row)
		}
	}
}
