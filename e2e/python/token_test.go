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
	interpreter := need.Program(t, "pypi", "python3")
	files := standardLibrary(t, interpreter)
	cmd := exec.Command(interpreter, "testdata/tokens.py")
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	compared := 0
	for _, file := range files {
		if !lines.Scan() {
			t.Fatalf("no answer for %s", file)
		}
		var want [][3]any
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if want != nil {
			compared++
			compareTokens(t, file, want)
		}
	}
	if compared < len(files)/2 {
		t.Errorf("only %d of %d files could be compared", compared, len(files))
	}
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
