package framework_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
)

// TestEntries reads the entry of each row as a command: it serves the file, on
// the port that the proxy chooses.
func TestEntries(t *testing.T) {
	for _, f := range framework.All() {
		var command []string
		for _, word := range f.Entry.Command {
			command = append(command, framework.Fill(word, "app.py", "app"))
		}
		if len(command) == 0 {
			continue // nothing of ours starts it
		}
		if f.Command.Program == "" {
			if framework.Parse(command) != nil || !slices.Contains(command, "app.py") {
				t.Errorf("%s: got the command %q", f.Name, command)
			}
			continue
		}
		call := framework.Parse(command)
		if call == nil || call.Framework != f {
			t.Errorf("%s: %q is read as %+v", f.Name, command, call)
			continue
		}
		if !slices.Equal(call.Files, []string{"app.py"}) || call.Port() != "{port}" {
			t.Errorf("%s: it serves %q on port %s", f.Name, call.Files, call.Port())
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct{ command, files, option, value, port string }{
		{"bokeh serve a b --port 7 c", "a b c", "--port", "7", "7"},
		{"/opt/bin/bokeh serve --po=7 a", "a", "--port", "7", "7"},
		{"bokeh serve --dev x y --show a", "a", "--dev", "y", "5006"},
		{"bokeh serve a --args --port 7", "a", "--args", "7", "5006"},
		{"panel serve --dev a", "a", "--dev", "", "5006"},
		{"panel serve --index-titles a=b c=d --prefix p -- --x", "--x", "--prefix", "p", "5006"},
		{"streamlit run --server.port 7 app.py more", "app.py more", "--server.port", "7", "7"},
		{"streamlit run app.py --flag", "app.py", "--flag", "", "8501"},
		{"voila --no-browser a.ipynb", "a.ipynb", "--no-browser", "", "8866"},
		{"marimo run -p 7 a.py", "a.py", "-p", "7", "7"},
		{"http.server -d site", "", "-d", "site", "8000"},
		{"http.server --bind 0.0.0.0 7", "7", "--bind", "0.0.0.0", "7"},
		{"npx --yes serve -l tcp://0.0.0.0:7 site", "site", "-l", "tcp://0.0.0.0:7", "7"},
		{"npx http-server site -p 7", "site", "-p", "7", "7"},
		{"php -t public -S localhost:7 index.php", "index.php", "-t", "public", "7"},
		{"flask --app a run -p 7", "", "-p", "7", "7"},
		{"python -u manage.py runserver 0.0.0.0:7 --noreload", "0.0.0.0:7", "--noreload", "", "7"},
		{"./manage.py runserver -v 2", "", "-v", "2", "8000"},
		{"uvicorn a:app --port={port} --workers 2", "a:app", "--workers", "2", "{port}"},
		{"gunicorn a:app -b :7", "a:app", "-b", ":7", "7"},
		{"gunicorn a:app -c conf.py", "a:app", "-c", "conf.py", ""},
		{"hypercorn --bind [::]:7 a:app", "a:app", "--bind", "[::]:7", "7"},
		{"tensorboard --logdir runs", "", "--logdir", "runs", "6006"},
		{"tensorboard --logdir=runs --bind_all -p 7", "", "-p", "7", "7"},
		{"waitress-serve --listen=*:7 a:app", "a:app", "--listen", "*:7", "7"},
	}
	for _, tt := range tests {
		call := framework.Parse(strings.Fields(tt.command))
		if call == nil {
			t.Errorf("%s: it is none", tt.command)
			continue
		}
		value, given := call.Option(tt.option)
		if files := strings.Join(call.Files, " "); files != tt.files || !given || value != tt.value || call.Port() != tt.port {
			t.Errorf("%s: files %q, %s %q, port %s", tt.command, files, tt.option, value, call.Port())
		}
	}
	for _, command := range []string{"", "bokeh", "bokeh info", "python app.py", "streamlit hello", "serve", "npx eslint", "php a.php", "flask routes", "python a.py manage.py runserver", "manage.py migrate"} {
		if call := framework.Parse(strings.Fields(command)); call != nil {
			t.Errorf("%s: it is read as %s", command, call)
		}
	}
}

func TestWrittenFor(t *testing.T) {
	for modules, want := range map[string]string{
		"bokeh streamlit": "Streamlit", "panel bokeh": "Panel", "bokeh panel": "Panel", "numpy bokeh": "Bokeh",
		"dash streamlit": "Dash", "numpy": "", "": "",
	} {
		got := ""
		if f := framework.OfModules(strings.Fields(modules)); f != nil {
			got = f.Name
		}
		if got != want {
			t.Errorf("%q is written for %q, want %q", modules, got, want)
		}
	}
	for notebook, want := range map[[2]string]string{
		{"a.ipynb", "panel"}:    "Panel",
		{"a.ipynb", "bokeh"}:    "Voilà",
		{"main.ipynb", "bokeh"}: "Bokeh",
		{"main.ipynb", ""}:      "Bokeh",
		{"main.ipynb", "numpy"}: "Voilà",
		{"a.ipynb", ""}:         "Voilà",
	} {
		uses := func(f *framework.Framework) bool { return slices.Contains(strings.Fields(notebook[1]), f.Module) }
		if f := framework.OfNotebook(notebook[0], notebook[1] != "", uses); f.Name != want {
			t.Errorf("%q is written for %s, want %s", notebook, f.Name, want)
		}
	}
}

// TestNamesStayHere looks in the packages that treat frameworks differently for
// literals that are a name of one: they read the row instead.
func TestNamesStayHere(t *testing.T) {
	names := map[string]string{}
	for _, f := range framework.All() {
		words := append([]string{f.Name, f.Package, f.Module, f.Command.Program, f.Mark, f.Port, f.PortOption, f.Prefix.Option}, f.Prefix.Variables...)
		words = append(words, f.Mains...)
		if f.Origin != nil {
			words = append(words, f.Origin.Option, f.Origin.Variable)
		}
		if f.Resources != nil {
			words = append(words, f.Resources.Variable, f.Resources.Setting)
		}
		if f.CDN != nil {
			words = append(words, f.CDN.Host)
		}
		for _, w := range words {
			if w != "" {
				names[w] = f.Name
			}
		}
	}
	read := 0
	for _, root := range []string{"..", "../../lint", "../../scaffold", "../../cards", "../../cli", "../../preview"} {
		err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") || p == "../framework" || strings.HasPrefix(p, "../framework/") {
				return err
			}
			read++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, p, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					if name := names[text]; name != "" && !elsewhere[text] {
						t.Errorf("%s: %s is of %s's row", set.Position(lit.Pos()), lit.Value, name)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 50 {
		t.Errorf("only %d files were read", read)
	}
}

// elsewhere are names that mean something else, too: a shell, and options of
// other commands.
var elsewhere = map[string]bool{"dash": true, "--port": true, "--prefix": true, "--bind": true}
