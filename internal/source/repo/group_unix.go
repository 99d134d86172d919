//go:build unix

package repo

import (
	"os/exec"
	"syscall"
)

// ownGroup gives the command a session of its own: it has no terminal to ask
// on, and a kill reaches the helpers that git starts.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
