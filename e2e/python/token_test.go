package python_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

var kindNames = map[python.Kind]string{
	python.End: "end", python.Newline: "newline", python.Indent: "indent", python.Dedent: "dedent",
	python.Name: "name", python.Number: "number", python.String: "string", python.Op: "op", python.Invalid: "invalid",
}

// TestTokenizeLikePython compares with Python's own tokenize module over a
// part of its standard library.
func TestTokenizeLikePython(t *testing.T) {
	compared := 0
	files := eachOfPython(t, "tokens.py", func(file string, want [][3]any) {
		compared++
		compareTokens(t, file, want)
	})
	if compared < files/2 {
		t.Errorf("only %d of %d files could be compared", compared, files)
	}
}

// eachOfPython has a script of ours say something of a part of Python's standard
// library, hands on what it says of each file that it could read, and returns how many
// files there are.
func eachOfPython(t *testing.T, script string, use func(file string, said [][3]any)) int {
	t.Helper()
	interpreter := need.Program(t, "pypi", "python3")
	files := standardLibrary(t, interpreter)
	cmd := exec.Command(interpreter, "testdata/"+script)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for _, file := range files {
		if !lines.Scan() {
			t.Fatalf("no answer for %s", file)
		}
		var said [][3]any
		if err := json.Unmarshal(lines.Bytes(), &said); err != nil {
			t.Fatal(err)
		}
		if said != nil {
			use(file, said)
		}
	}
	return len(files)
}

// standardLibrary lists some files of Python's standard library.
func standardLibrary(t *testing.T, interpreter string) []string {
	t.Helper()
	dir, err := exec.Command(interpreter, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"*.py", "asyncio/*.py", "test/test_[fgst]*.py", "test/tokenizedata/*.py"} {
		found, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), pattern))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(found); i += 1 + len(found)/25 {
			files = append(files, found[i])
		}
	}
	if len(files) == 0 {
		t.Skip("python3 has no standard library in source: nothing to compare with")
	}
	return files
}

func compareTokens(t *testing.T, file string, want [][3]any) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := python.Tokenize(string(source))
	for i := range max(len(got), len(want)) {
		w, g := "nothing", "nothing"
		if i < len(want) {
			w = fmt.Sprintf("%v %q, line %v", want[i][0], want[i][1], want[i][2])
		}
		if i < len(got) {
			text, line := got[i].Text, got[i].Line
			switch got[i].Kind {
			case python.Newline, python.Indent, python.Dedent, python.End:
				text = ""
				if i < len(want) && want[i][0] != "newline" { // Python counts the end differently by version
					line = int(want[i][2].(float64))
				}
			}
			g = fmt.Sprintf("%v %q, line %v", kindNames[got[i].Kind], text, line)
		}
		if w != g {
			t.Errorf("%s: token %d: got %s, Python has %s", file, i, g, w)
			return
		}
	}
}
