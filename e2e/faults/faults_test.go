// Package faults breaks what the command stands between: the network, the disk, its own
// life, and the hub of a page that it made. What it says has to fit, files are old or
// new, nothing is left, and the next run succeeds.
package faults

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/cli"
)

var (
	all    = flag.Bool("all", false, "try all, as make faults does")
	record = flag.String("record", "", "write what was tried into this `file`")
)

// asCommand is the variable that makes the test binary the command, in a process that
// can be killed.
const asCommand = "BOKEHBINDER_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		p := cli.Program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
		os.Exit(p.Main(os.Args[1:]))
	}
	browser.Main(m)
}

// few is how many of something are tried: n, or all with -all.
func few(n, most int) int {
	if *all {
		return most
	}
	return n
}

// run runs the command in this process, in a folder, and returns what it says.
func run(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	p := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
	code = p.Run(t.Context(), args)
	return code, out.String()
}

// command is one in a process of its own, with a folder for temporary files.
func command(t *testing.T, temp, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), asCommand+"=yes", "TMPDIR="+temp)
	return cmd
}

// tree are the files of a folder by their paths.
type tree map[string]string

// read reads a folder, which may be missing.
func read(t *testing.T, dir string) tree {
	t.Helper()
	files := tree{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

// write makes the files below a folder.
func (f tree) write(t *testing.T, dir string) {
	t.Helper()
	for name, text := range f {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// temporary are the names of files that a run that was killed may leave until the next.
var temporary = regexp.MustCompile(`(^|/)\.bokehbinder-file-[0-9]+\.tmp$`)

// torn lists the files that are neither as they were nor as they are to be.
func (f tree) torn(before, after tree) (wrong []string) {
	for name, text := range f {
		if !temporary.MatchString(name) && !has(before, name, text) && !has(after, name, text) {
			wrong = append(wrong, fmt.Sprintf("%s is neither old nor new: %.200q", name, text))
		}
	}
	for name := range before {
		if _, ok := f[name]; !ok {
			wrong = append(wrong, name+" is gone")
		}
	}
	return wrong
}

func has(f tree, name, text string) bool {
	got, ok := f[name]
	return ok && got == text
}

// differs lists the files by which two folders differ.
func (f tree) differs(want tree) (wrong []string) {
	names := map[string]bool{}
	for name := range f {
		names[name] = true
	}
	for name := range want {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if text, ok := f[name]; !ok || !has(want, name, text) {
			wrong = append(wrong, name+" is not as it should be afterwards")
		}
	}
	return wrong
}

// left lists what is in the folder for temporary files.
func left(t *testing.T, temp string) (wrong []string) {
	t.Helper()
	entries, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		wrong = append(wrong, "left: "+e.Name())
	}
	return wrong
}
