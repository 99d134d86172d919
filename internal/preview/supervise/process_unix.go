//go:build linux || darwin

package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Start starts a command under a supervisor. It ends when ctx does, or with this
// program, however that ends.
func Start(ctx context.Context, c Command) (*Process, error) {
	if !supervisable.Load() {
		return nil, errNotSupervisable
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	self, err := ownProgram()
	if err != nil {
		return nil, err
	}
	end, hold, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer end.Close()
	cmd := exec.Command(self, c.Args...)
	cmd.Args[0] = "bokehbinder: supervisor"
	cmd.Dir, cmd.Env = c.Dir, append(c.Env[:len(c.Env):len(c.Env)], superviseVariable+"=1")
	cmd.Stdout, cmd.Stderr = c.Output, c.Output
	if c.Output == nil {
		cmd.Stderr = c.Errors
	}
	cmd.ExtraFiles = []*os.File{end}
	// A session of its own: what is typed at the terminal does not reach it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	// All writers have ended with the supervisor, but those that it could not end.
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		hold.Close()
		return nil, fmt.Errorf("the supervisor does not start: %w", err)
	}
	p := &Process{pid: cmd.Process.Pid, done: make(chan struct{})}
	letGo := sync.OnceFunc(func() { hold.Close() })
	p.stop = func() { letGo(); <-p.done }
	detach := context.AfterFunc(ctx, letGo)
	go func() {
		defer close(p.done)
		p.code = exitCode(cmd.Wait(), cmd)
		detach()
		letGo()
	}()
	return p, nil
}

// ownProgram returns a path by which this program can be started again, also
// after its file was replaced.
func ownProgram() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

func exitCode(err error, cmd *exec.Cmd) int {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && cmd.ProcessState.Success():
		return 0
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exit.ExitCode()
	}
	return 128 + int(syscall.SIGKILL)
}
