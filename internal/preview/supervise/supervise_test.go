//go:build linux || darwin

package supervise_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// parentVariable makes the test's program one that starts a command and gets
// killed.
const parentVariable = "SUPERVISE_TEST_PARENT"

func TestMain(m *testing.M) {
	supervise.Main()
	if os.Getenv(parentVariable) != "" {
		parent()
	}
	os.Exit(m.Run())
}

// parent runs the command in its arguments.
func parent() {
	p, err := supervise.Start(context.Background(), supervise.Command{Args: os.Args[1:], Env: os.Environ(), Output: os.Stderr})
	if err == nil {
		<-p.Done()
		err = fmt.Errorf("it ended with exit code %d", p.Code())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// breeding is a script that starts processes in every way: a child, one that
// ignores signals, one in a session of its own, and a daemon whose parents have
// ended. Each notes its number, and so does the shell.
const breeding = `cat > breed.py <<'EOF'
import os, signal, sys, time
if sys.argv[1] == "daemon" and os.fork(): os._exit(0)
if sys.argv[1] in ("daemon", "session"): os.setsid()
if sys.argv[1] == "daemon" and os.fork(): os._exit(0)
if sys.argv[1] == "deaf":
    for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(s, signal.SIG_IGN)
with open(os.environ["PIDS"], "a") as f: f.write("%d\n" % os.getpid())
time.sleep(10000)
EOF
for kind in child deaf session daemon; do python3 breed.py $kind & done
echo $$ >> "$PIDS"
`

// bred is how many numbers breeding notes.
const bred = 5

// breed is the command of a script after breeding, with the file of the numbers.
func breed(t *testing.T, script string) (c supervise.Command, pids string) {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("skipped without python3: it is not installed")
	}
	dir := t.TempDir()
	pids = filepath.Join(dir, "pids")
	return supervise.Command{Args: []string{"/bin/sh", "-c", breeding + script}, Dir: dir, Env: append(os.Environ(), "PIDS="+pids)}, pids
}

// TestKilledParent kills a program with SIGKILL, and waits until all that it had
// started is gone.
func TestKilledParent(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, pids := breed(t, "sleep 10000\n")
	cmd := exec.Command(self, c.Args...)
	cmd.Dir, cmd.Env, cmd.Stderr = c.Dir, append(c.Env, parentVariable+"=1"), os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	list := machine.Processes(t, pids, bred)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	patience.Eventually(t, "all processes have ended", func() bool { return !slices.ContainsFunc(list, machine.Alive) })
}

// TestEnd looks whether anything is left when a command has ended by itself.
func TestEnd(t *testing.T) {
	t.Parallel()
	c, pids := breed(t, "while [ $(wc -l < \"$PIDS\") -lt 5 ]; do sleep 0.01; done; exit 3\n")
	p, err := supervise.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if p.Code() != 3 {
		t.Errorf("the exit code is %d", p.Code())
	}
	gone(t, machine.Processes(t, pids, bred))
}

// TestStop looks whether anything is left when a command was stopped.
func TestStop(t *testing.T) {
	t.Parallel()
	c, pids := breed(t, "sleep 10000\n")
	p, err := supervise.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	list := machine.Processes(t, pids, bred)
	p.Stop()
	gone(t, list)
}

// TestListening finds the ports of what a command's child has started, and no others.
func TestListening(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("skipped without python3: it is not installed")
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	const listen = `import os, socket, time
if os.fork(): time.sleep(10000)
os.setsid()
sockets = [socket.create_server(("127.0.0.1", 0)), socket.create_server(("", 0))]
print(*(s.getsockname()[1] for s in sockets), flush=True)
time.sleep(10000)`
	printed := &supervise.Tail{}
	p, err := supervise.Start(t.Context(), supervise.Command{Args: []string{"/bin/sh", "-c", `python3 -c "$LISTEN"; exit`}, Env: append(os.Environ(), "LISTEN="+listen), Output: printed})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	var ports [2]uint16
	patience.Eventually(t, "it listens", func() bool {
		_, err := fmt.Sscan(printed.Lines(1), &ports[0], &ports[1])
		return err == nil
	})
	want := []string{fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("0.0.0.0:%d", ports[1])}
	patience.Eventually(t, "its addresses are seen", func() bool {
		var got []string
		for _, a := range p.Listening() {
			got = append(got, a.String())
		}
		slices.Sort(got)
		slices.Sort(want)
		return slices.Equal(got, want)
	})
	p.Stop()
	if left := p.Listening(); len(left) > 0 {
		t.Errorf("it has ended, and listens on %v", left)
	}
}

func gone(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		if machine.Alive(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}
