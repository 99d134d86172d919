//go:build linux || darwin

package supervise

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// grace is how long processes may take to end when they are asked to.
const grace = 5 * time.Second

// reaping is how long a supervisor tries to end what does not end.
const reaping = 10 * time.Second

// Supported says whether servers can be run on this system: where they cannot be,
// the error is an *[Error].
func Supported() error { return nil }

// pipeFd is the pipe that a supervisor's parent holds.
const pipeFd = 3

// supervise runs a command until it ends or the pipe closes, and returns the
// exit code.
func supervise(args []string) int {
	// The system would end the command with the thread that started it.
	runtime.LockOSThread()
	syscall.CloseOnExec(pipeFd)
	becomeReaper()
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		pipe := os.NewFile(pipeFd, "pipe")
		for buf := make([]byte, 1); ; {
			if _, err := pipe.Read(buf); err != nil {
				return
			}
		}
	}()
	child, err := os.StartProcess(args[0], args, &os.ProcAttr{
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}, Env: os.Environ(), Sys: childAttr(),
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\n", err)
		return 126
	}
	r := newReaper(child.Pid)
	select {
	case <-r.ended:
	case <-closed:
	case <-asked:
	}
	r.endAll()
	return r.code
}

// reaper waits for all children of a supervisor.
type reaper struct {
	child int
	// ended is closed when the command has ended; code is then its exit code.
	ended chan struct{}
	code  int
	// gone is closed when there are no children any more.
	gone chan struct{}
}

func newReaper(child int) *reaper {
	r := &reaper{child: child, ended: make(chan struct{}), gone: make(chan struct{})}
	r.code = 128 + int(syscall.SIGKILL)
	go r.reap()
	return r
}

func (r *reaper) reap() {
	defer close(r.gone)
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return
		case pid != r.child:
			continue
		}
		r.code = status.ExitStatus()
		if status.Signaled() {
			r.code = 128 + int(status.Signal())
		}
		close(r.ended)
	}
}

// endAll ends all that descends from the supervisor.
func (r *reaper) endAll() {
	// Those that are seen now stay known, also where they could not be found
	// once their parents have ended.
	known := descendants(os.Getpid())
	r.signal(known, syscall.SIGTERM)
	if r.await(known, grace) {
		return
	}
	for end := time.Now().Add(reaping); time.Now().Before(end); {
		known = append(known, descendants(os.Getpid())...)
		r.signal(known, syscall.SIGKILL)
		if r.await(known, 20*time.Millisecond) {
			return
		}
	}
}

// signal sends a signal to the processes that are still there and to the
// command's group.
func (r *reaper) signal(pids []int, s syscall.Signal) {
	_ = syscall.Kill(-r.child, s)
	for _, pid := range pids {
		_ = syscall.Kill(pid, s)
	}
}

// await waits until nothing is left, for so long.
func (r *reaper) await(known []int, d time.Duration) bool {
	for end := time.Now().Add(d); ; time.Sleep(10 * time.Millisecond) {
		if r.finished(known) {
			return true
		}
		if !time.Now().Before(end) {
			return false
		}
	}
}

func (r *reaper) finished(known []int) bool {
	select {
	case <-r.gone:
	default:
		return false
	}
	if syscall.Kill(-r.child, 0) != syscall.ESRCH {
		return false
	}
	for _, pid := range known {
		if stranger(pid) && syscall.Kill(pid, 0) == nil {
			return false
		}
	}
	return true
}
