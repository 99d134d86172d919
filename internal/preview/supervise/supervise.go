package supervise

import (
	"errors"
	"os"
	"sync/atomic"
)

// superviseVariable makes a program that calls [Main] a supervisor.
const superviseVariable = "BOKEHBINDER_SUPERVISE"

// supervisable says that Main was called, so that the program can be
// started as a supervisor.
var supervisable atomic.Bool

// Main makes this very program the supervisor of what it starts. main,
// and the TestMain of tests that start something, call it before all else. It
// returns at once, unless the program was started by this package as a
// supervisor: then it never returns.
//
// A supervisor runs one command. It holds the end of a pipe whose other end
// its parent has; when that closes, because the parent wants so or is no more,
// it ends the command and all that descends from it: first by SIGTERM, after a
// grace period by SIGKILL. So it does when the command ends by itself. On
// Linux it finds all descendants, also those that have a session of their own
// or whose parents have ended; elsewhere those of the command's process group
// and those whose line of parents still stands.
func Main() {
	supervisable.Store(true)
	if os.Getenv(superviseVariable) == "" {
		return
	}
	os.Unsetenv(superviseVariable)
	os.Exit(supervise(os.Args[1:]))
}

// errNotSupervisable says that the program is put together wrongly.
var errNotSupervisable = errors.New("supervise: main does not call Main")
