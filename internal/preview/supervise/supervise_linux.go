package supervise

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// becomeReaper makes descendants whose parents end children of this process,
// so that they stay to be found: prctl(2), PR_SET_CHILD_SUBREAPER.
func becomeReaper() {
	const setChildSubreaper = 36
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
}

// childAttr gives the command a process group of its own, and ends it with the
// supervisor should somebody kill that.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// stranger says whether a descendant may outlive the supervisor's children. As
// their reaper it has all descendants for children in the end.
func stranger(int) bool { return false }

// descendants lists the processes that descend from one, as /proc tells.
func descendants(root int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	parents := map[int]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if parent, ok := parentOf(pid); ok {
			parents[pid] = parent
		}
	}
	return below(parents, root)
}

// parentOf reads proc_pid_stat(5): the parent stands second after the command's
// name, which is in parentheses and may hold any.
func parentOf(pid int) (int, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0, false
	}
	parent, err := strconv.Atoi(string(fields[1]))
	return parent, err == nil
}
