package doors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestSentencesStandOnce looks for sentences that stand in a template and in
// Go. They belong into the table, or into i18n.
func TestSentencesStandOnce(t *testing.T) {
	root := os.DirFS("../..")
	inGo := make(map[string]string)
	for _, folder := range []string{"card", "extension", "internal"} {
		each(t, root, folder, ".go", func(name, text string) {
			for _, s := range goStrings(t, name, text) {
				inGo[s] = name
			}
		})
	}
	inHugo := 0
	for _, folder := range []string{"layouts", "shortcodes"} {
		each(t, root, folder, ".html", func(name, text string) {
			for _, s := range templateStrings(text) {
				inHugo++
				for other, file := range inGo {
					if same(s, other) {
						t.Errorf("%s and %s have the same sentence: %q", name, file, s)
					}
				}
			}
		})
	}
	if inHugo < 5 || len(inGo) < 500 {
		t.Errorf("only %d and %d sentences were found", inHugo, len(inGo))
	}
	if !same("%s: there is no card of %s", `there is no card of "x"`) || same("there is no card", "there is a card of it") {
		t.Error("sentences are not compared")
	}
}

// each calls f with the files of an extension that are no tests.
func each(t *testing.T, root fs.FS, folder, ext string, f func(name, text string)) {
	t.Helper()
	err := fs.WalkDir(root, folder, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ext) || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, name)
		f(name, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goStrings lists the strings of a Go file that may be sentences.
func goStrings(t *testing.T, name, text string) (list []string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
			if text, err := strconv.Unquote(s.Value); err == nil && len(words(text)) >= 4 {
				list = append(list, text)
			}
		}
		return true
	})
	return list
}

var (
	comment = regexp.MustCompile(`(?s)\{\{-?\s*/\*.*?\*/\s*-?\}\}`)
	quoted  = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"`)
	action  = regexp.MustCompile(`\{\{.*?\}\}`)
	verb    = regexp.MustCompile(`%[-+#.0-9]*[a-zA-Z]`)
)

// templateStrings lists what may be a sentence in a template: strings, and text.
func templateStrings(text string) (list []string) {
	text = comment.ReplaceAllString(text, "")
	found := quoted.FindAllString(text, -1)
	found = append(found, strings.FieldsFunc(action.ReplaceAllString(text, "<"), func(r rune) bool { return strings.ContainsRune("<>\n", r) })...)
	for _, s := range found {
		if unquoted, err := strconv.Unquote(s); err == nil {
			s = unquoted
		}
		if len(words(s)) >= 4 {
			list = append(list, s)
		}
	}
	return list
}

// word is one of a sentence; what holds an equals sign or a slash is code.
var word = regexp.MustCompile(`^[("]?([A-Za-z'-]+)[,;:.?")]*$`)

// words returns the words of a sentence, without what is filled in.
func words(s string) []string {
	var list []string
	for _, field := range strings.Fields(verb.ReplaceAllString(s, " ")) {
		if m := word.FindStringSubmatch(field); m != nil {
			list = append(list, strings.ToLower(m[1]))
		}
	}
	return list
}

// same says whether two sentences have four words in a row in common.
func same(a, b string) bool {
	in := " " + strings.Join(words(b), " ") + " "
	list := words(a)
	for i := 0; i+4 <= len(list); i++ {
		if strings.Contains(in, " "+strings.Join(list[i:i+4], " ")+" ") {
			return true
		}
	}
	return false
}
