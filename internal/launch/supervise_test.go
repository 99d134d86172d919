//go:build linux || darwin

package launch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/launch"
)

// parentVariable makes the test's program one that builds an image and gets
// killed.
const parentVariable = "LAUNCH_TEST_PARENT"

// parent builds the image of the folder in its arguments.
func parent() {
	env, err := launch.At(context.Background(), os.Args[1])
	if err == nil {
		_, err = launch.NewImage(context.Background(), launch.ImageOptions{
			Source: os.Args[2], Env: env, Scratch: os.Args[3], Log: os.Stderr, Variables: []string{"PIDS=" + os.Args[4]},
		})
	}
	fmt.Fprintln(os.Stderr, "the build ended:", err)
	os.Exit(1)
}

// breeding is a postBuild that starts processes in every way: a child, one that
// ignores signals, one in a session of its own, and a daemon whose parents have
// ended. Each notes its number. It never ends by itself.
const breeding = `#!/bin/sh
cat > breed.py <<'EOF'
import os, signal, sys, time
if sys.argv[1] == "daemon" and os.fork(): os._exit(0)
if sys.argv[1] in ("daemon", "session"): os.setsid()
if sys.argv[1] == "daemon" and os.fork(): os._exit(0)
if sys.argv[1] == "deaf":
    for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(s, signal.SIG_IGN)
with open(os.environ["PIDS"], "a") as f: f.write("%d\n" % os.getpid())
time.sleep(10000)
EOF
for kind in child deaf session daemon; do python breed.py $kind & done
echo $$ >> "$PIDS"
wait
sleep 10000
`

// waitPids waits until a file has so many numbers.
func waitPids(t *testing.T, file string, n int) []int {
	t.Helper()
	for {
		content, _ := os.ReadFile(file)
		fields := strings.Fields(string(content))
		if len(fields) >= n && strings.HasSuffix(string(content), "\n") {
			pids := make([]int, len(fields))
			for i, f := range fields {
				pids[i], _ = strconv.Atoi(f)
			}
			return pids
		}
		if t.Context().Err() != nil {
			t.Fatal("the test was stopped")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// TestKilledParent kills a program with SIGKILL while it builds, and waits until
// all that the build had started is gone, which is for ever if it is not.
func TestKilledParent(t *testing.T) {
	env := environment(t)
	source := repository(t, map[string]string{"requirements.txt": "", "postBuild": breeding})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pids := filepath.Join(t.TempDir(), "pids")
	cmd := exec.Command(self, env.Python, source, filepath.Join(t.TempDir(), "scratch"), pids)
	cmd.Env = append(os.Environ(), parentVariable+"=1")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	list := waitPids(t, pids, 5)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for _, pid := range list {
		for alive(pid) {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// TestEndOfBuild looks whether anything that postBuild left running is still
// there after the build, as nothing is when an image has been built.
func TestEndOfBuild(t *testing.T) {
	env := environment(t)
	script := strings.Replace(breeding, "wait\nsleep 10000\n", "while [ $(wc -l < \"$PIDS\") -lt 5 ]; do sleep 0.01; done\n", 1)
	source := repository(t, map[string]string{"requirements.txt": "", "postBuild": script})
	pids := filepath.Join(t.TempDir(), "pids")
	image(t, env, source, "PIDS="+pids)
	for _, pid := range waitPids(t, pids, 5) {
		if alive(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}
