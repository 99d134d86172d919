package supervise

import (
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
)

// listening lists the addresses that processes listen on, as lsof tells: a line
// "n" and the address for each.
func listening(pids []int) []netip.AddrPort {
	if len(pids) == 0 {
		return nil
	}
	ids := make([]string, len(pids))
	for i, pid := range pids {
		ids[i] = strconv.Itoa(pid)
	}
	out, _ := exec.Command("/usr/sbin/lsof", "-nP", "-a", "-iTCP", "-sTCP:LISTEN", "-Fn", "-p", strings.Join(ids, ",")).Output()
	var list []netip.AddrPort
	for line := range strings.Lines(string(out)) {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "n")
		if !ok {
			continue
		}
		if port, all := strings.CutPrefix(text, "*:"); all {
			text = "0.0.0.0:" + port
		}
		if address, err := netip.ParseAddrPort(text); err == nil {
			list = append(list, address)
		}
	}
	return list
}
