package supervise

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// becomeReaper does nothing: there is no such role on this system.
func becomeReaper() {}

// childAttr gives the command a process group of its own.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// stranger says whether a descendant may outlive the supervisor's children: any
// whose parent has ended is a child of the first process.
func stranger(int) bool { return true }

// descendants lists the processes that descend from one, as ps tells.
func descendants(root int) []int {
	ps := exec.Command("/bin/ps", "-axo", "pid=,ppid=")
	out, _ := ps.Output() // the error may be that the reaper has waited for it
	if ps.Process == nil {
		return nil
	}
	parents := map[int]int{}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); len(fields) == 2 {
			pid, _ := strconv.Atoi(fields[0])
			parents[pid], _ = strconv.Atoi(fields[1])
		}
	}
	delete(parents, ps.Process.Pid)
	return below(parents, root)
}
