package preview_test

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// command builds the command once and returns its path.
var command = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bokehbinder-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "bokehbinder")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/bokehbinder")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// process is a running preview.
type process struct {
	tb  testing.TB
	cmd *exec.Cmd
	// url is the address that it says to open.
	url string
	// temp is its folder for temporary files.
	temp   string
	ended  chan struct{}
	mu     sync.Mutex
	stderr bytes.Buffer
}

// start starts a preview in an environment with Bokeh and Jupyter, and waits for
// its address. It ends with the test and must then have left nothing behind.
func start(tb testing.TB, args ...string) *process {
	tb.Helper()
	return startAt(tb, nil, args...)
}

// startAt is start at a terminal.
func startAt(tb testing.TB, tty *os.File, args ...string) *process {
	tb.Helper()
	path, err := command()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"preview"}, args...)...)
	cmd.Env = append(os.Environ(), "VIRTUAL_ENV="+environment(tb))
	if tty != nil {
		cmd.Stdin = tty
	}
	return begin(tb, cmd)
}

// begin starts a command that previews something, and waits for the address that
// it prints.
func begin(tb testing.TB, cmd *exec.Cmd) *process {
	tb.Helper()
	return beginIn(tb, cmd, tb.TempDir())
}

// beginIn is begin with a folder for temporary files.
func beginIn(tb testing.TB, cmd *exec.Cmd, temp string) *process {
	tb.Helper()
	p := &process{tb: tb, cmd: cmd, temp: temp, ended: make(chan struct{})}
	p.cmd.Env = append(p.cmd.Env, "TMPDIR="+p.temp)
	// Signals go to a group of processes, as from a terminal.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Stderr = (*stderr)(p)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for p.url == "" && lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "open "); ok {
			p.url = url
		}
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
	}()
	tb.Cleanup(p.stop)
	if p.url == "" {
		tb.Fatalf("the preview printed no address:\n%s", p.log())
	}
	return p
}

// stderr notes what the process prints.
type stderr process

func (s *stderr) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stderr.Write(b)
}

// log is what it has printed on standard error.
func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// stop interrupts it, as Ctrl-C does, and looks for what it left behind.
func (p *process) stop() {
	select {
	case <-p.ended: // killed by the test
		return
	default:
	}
	p.signal(syscall.SIGINT)
	select {
	case <-p.ended:
	case <-time.After(patience.Limit):
		p.signal(syscall.SIGKILL)
		p.tb.Errorf("the preview does not end:\n%s", p.log())
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 && p.cmd.Args[1] == "preview" {
		p.tb.Errorf("a preview that is ended as it asks exits with %d", code)
	}
	if p.tb.Failed() {
		p.tb.Logf("the preview printed:\n%s", p.log())
	}
	if left := descendants(p.temp); len(left) > 0 {
		p.tb.Errorf("still running: %s", left)
	}
	if left, _ := os.ReadDir(p.temp); len(left) > 0 {
		p.tb.Errorf("left in the temporary folder: %v", left)
	}
}

// kill ends it so that it cannot do anything more.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

func (p *process) signal(s syscall.Signal) { _ = syscall.Kill(-p.cmd.Process.Pid, s) }

// descendants lists the processes whose working folder, command line or folder
// for temporary files is below a folder: all that a preview starts has something
// there.
func descendants(temp string) []string { return slices.Collect(maps.Values(processes(temp))) }

// processes are the command lines of the same processes, by their ids.
func processes(temp string) map[int]string {
	found := map[int]string{}
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		cwd, _ := os.Readlink(filepath.Join(dir, "cwd"))
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		environ, _ := os.ReadFile(filepath.Join(dir, "environ"))
		if strings.HasPrefix(cwd, temp) || bytes.Contains(line, []byte(temp)) || bytes.Contains(environ, []byte("TMPDIR="+temp)) {
			id, _ := strconv.Atoi(filepath.Base(dir))
			found[id] = strings.ReplaceAll(string(line), "\x00", " ")
		}
	}
	return found
}

// gone waits until nothing of a preview runs any more.
func (p *process) gone() {
	p.tb.Helper()
	if !patience.Until(func() bool { return len(descendants(p.temp)) == 0 }) {
		p.tb.Errorf("still running: %s", descendants(p.temp))
	}
}
