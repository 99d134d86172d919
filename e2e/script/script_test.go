// Package script checks the script that pages load: its types, its style, its
// size, and that every word it says is the page's.
package script

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// node runs a tool of e2e/node_modules in this folder.
func node(t *testing.T, tool string, args ...string) (string, error) {
	t.Helper()
	program := need.Program(t, "node", "node")
	path := filepath.Join("..", "node_modules", filepath.FromSlash(tool))
	need.File(t, "node", path, "run npm ci in e2e")
	out, err := exec.CommandContext(t.Context(), program, append([]string{path}, args...)...).CombinedOutput()
	return string(out), err
}

// TestTypes has TypeScript check the types in the script's comments.
func TestTypes(t *testing.T) {
	if out, err := node(t, "typescript/bin/tsc", "--project", "tsconfig.json"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTypesAreChecked proves that a wrong type would be found.
func TestTypesAreChecked(t *testing.T) {
	dir := t.TempDir()
	wrong := append(bokehbinder.Script(), "\n/** @type {number} */\nexport const wrong = \"text\";\n"...)
	if err := os.WriteFile(filepath.Join(dir, "wrong.js"), wrong, 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile("tsconfig.json")
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.ReplaceAll(config, []byte("../../assets/bokehbinder/bokehbinder.js"), []byte("wrong.js"))
	path := filepath.Join(dir, "tsconfig.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := node(t, "typescript/bin/tsc", "--project", path)
	if err == nil || strings.Count(out, "error TS") != 1 || !strings.Contains(out, "'string' is not assignable to type 'number'") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLint has eslint look at the script.
func TestLint(t *testing.T) {
	if out, err := lint(t, bokehbinder.Script()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLintIsStrict proves that markup made of text would be found.
func TestLintIsStrict(t *testing.T) {
	out, err := lint(t, append(bokehbinder.Script(), "\ndocument.body.innerHTML = location.hash;\n"...))
	if err == nil || !strings.Contains(out, "foreign text must not become markup") {
		t.Errorf("%v\n%s", err, out)
	}
}

func lint(t *testing.T, script []byte) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bokehbinder.js")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := filepath.Abs("eslint.config.mjs")
	if err != nil {
		t.Fatal(err)
	}
	program := need.Program(t, "node", "node")
	eslint, err := filepath.Abs("../node_modules/eslint/bin/eslint.js")
	if err != nil {
		t.Fatal(err)
	}
	need.File(t, "node", eslint, "run npm ci in e2e")
	cmd := exec.CommandContext(t.Context(), program, eslint, "--config", config, "--max-warnings", "0", "bokehbinder.js")
	cmd.Dir = filepath.Dir(file) // eslint ignores what is outside
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestSizes keeps what readers load small: as it is shipped, and as Hugo serves
// it when a site minifies.
func TestSizes(t *testing.T) {
	minifier := minify.New()
	minifier.AddFunc("text/css", css.Minify)
	minifier.AddFunc("application/javascript", js.Minify)
	small := func(mediaType string, text []byte) []byte {
		out, err := minifier.Bytes(mediaType, text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	built := api.Transform(string(bokehbinder.Script()), api.TransformOptions{
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Format: api.FormatESModule,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	type sized struct {
		what  string
		limit int
		parts [][]byte // each compressed alone, as a server does
	}
	hugo := small("application/javascript", bokehbinder.Script())
	tests := []sized{
		{"the script as shipped", 8000, [][]byte{bokehbinder.Script()}},
		{"the style sheet minified by Hugo's minifier", 3500, [][]byte{small("text/css", bokehbinder.Style())}},
		{"the script minified by Hugo's js.Build, with its words", 6200, [][]byte{built.Code, bokehbinder.Words("en")}},
		{"the script minified by Hugo's minifier, with its words", 6200, [][]byte{hugo, bokehbinder.Words("en")}},
	}
	for _, language := range view.Languages() {
		tests = append(tests, sized{"its words in " + language, 1700, [][]byte{bokehbinder.Words(language)}})
	}
	for _, test := range tests {
		n := 0
		for _, part := range test.parts {
			n += gzipped(t, part)
		}
		t.Logf("%s: %d bytes gzipped, at most %d", test.what, n, test.limit)
		if n > test.limit {
			t.Errorf("%s: %d bytes gzipped are more than %d", test.what, n, test.limit)
		}
	}
}

func gzipped(t *testing.T, text []byte) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// TestNoWords finds text for readers in the script: all of it must come from
// the page. A string that a reader could see has a space between two words.
func TestNoWords(t *testing.T) {
	code := regexp.MustCompile(`(?m)/\*[\s\S]*?\*/|//.*$`).ReplaceAll(bokehbinder.Script(), nil)
	for _, text := range regexp.MustCompile(`"[^"\n]*"`).FindAllString(string(code), -1) {
		if regexp.MustCompile(`[A-Za-z]{2,} [A-Za-z]{2,}`).MatchString(text) && !strings.HasPrefix(text, `"allow-scripts `) {
			t.Errorf("the script says %s", text)
		}
	}
}
