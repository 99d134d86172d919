package scratch_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
)

// owner is a variable with which the test's program makes a folder and a file below the
// value, says where the folder is, and waits for its standard input to end.
const owner = "BOKEHBINDER_TEST_SCRATCH"

func TestMain(m *testing.M) {
	parent := os.Getenv(owner)
	if parent == "" {
		os.Exit(m.Run())
	}
	root, err := os.OpenRoot(parent)
	must(err)
	d, err := scratch.New(parent, "test")
	must(err)
	f, err := scratch.NewFile(root, "never", 0o644)
	must(err)
	fmt.Println(d.Path)
	_, _ = io.Copy(io.Discard, os.Stdin)
	must(f.Remove())
	must(d.Remove())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// program is another one, with a folder of its own.
type program struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	folder string
}

func start(t *testing.T, parent string) *program {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), owner+"="+parent)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &program{cmd, stdin, line[:len(line)-1]}
}

// names lists what is in a folder.
func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestSweep has the next start remove what a killed program has left, and nothing
// else.
func TestSweep(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders cannot be locked here")
	}
	parent := t.TempDir()
	for _, name := range []string{"bokehbinder-notes", "bokehbinder-site-1.tmpl", "bokehbinder-test-.tmp", "other-test-1.tmp"} {
		if err := os.Mkdir(filepath.Join(parent, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(parent, "bokehbinder-test-1.tmp")); err != nil {
		t.Fatal(err)
	}
	before := len(names(t, parent))

	killed, alive := start(t, parent), start(t, parent)
	if err := os.MkdirAll(filepath.Join(killed.folder, "objects", "pack"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := killed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.cmd.Wait()
	if got := names(t, parent); len(got) != before+4 {
		t.Fatalf("there is not a folder and a file of each to sweep: %q", got)
	}
	next := start(t, parent)
	if _, err := os.Stat(killed.folder); !os.IsNotExist(err) {
		t.Errorf("what was left is there still: %v", err)
	}
	if got := names(t, parent); len(got) != before+4 {
		t.Errorf("of two running programs there is %q", got)
	}
	for _, p := range []*program{alive, next} {
		if _, err := os.Stat(p.folder); err != nil {
			t.Errorf("that of a running program: %v", err)
		}
		p.stdin.Close()
		if err := p.cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := names(t, parent); len(got) != before {
		t.Errorf("now there is %q", got)
	}
	if got := names(t, outside); len(got) != 1 {
		t.Errorf("behind the link there is %q", got)
	}
}

// TestManyAtOnce starts programs that sweep while others make their folders.
func TestManyAtOnce(t *testing.T) {
	parent := t.TempDir()
	var programs sync.WaitGroup
	for range 20 {
		programs.Go(func() {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), owner+"="+parent)
			out, err := cmd.CombinedOutput() // its standard input has ended
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	programs.Wait()
	if got := names(t, parent); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

// TestNone removes nothing of a folder that was not made.
func TestNone(t *testing.T) {
	var none *scratch.Dir
	if err := none.Remove(); err != nil {
		t.Error(err)
	}
	if err := new(scratch.Dir).Remove(); err != nil {
		t.Error(err)
	}
	if _, err := scratch.New(filepath.Join(t.TempDir(), "missing"), "test"); err == nil {
		t.Error("made below a folder that is not there")
	}
}

// TestFile puts a file in another's place, with its permissions.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"old", "new"} {
		f, err := scratch.NewFile(root, name, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(name + " is new"); err != nil {
			t.Fatal(err)
		}
		if err := f.Replace(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != name+" is new" {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "old")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the old one's permissions are %v, %v", info.Mode(), err)
	}
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("there is %q", got)
	}
}
