package supervise

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// listening lists the addresses that processes listen on, as /proc tells: each has
// its sockets among its open files, and the list of all.
func listening(pids []int) []netip.AddrPort {
	var out []netip.AddrPort
	for _, pid := range pids {
		dir := "/proc/" + strconv.Itoa(pid)
		sockets := socketsOf(dir)
		if len(sockets) == 0 {
			continue
		}
		for _, table := range []string{"tcp", "tcp6"} {
			text, err := os.ReadFile(filepath.Join(dir, "net", table))
			if err != nil {
				continue
			}
			for line := range strings.Lines(string(text)) {
				if address, inode, ok := parseSocket(line); ok && sockets[inode] {
					out = append(out, address)
				}
			}
		}
	}
	return out
}

// socketsOf lists the sockets of a process, by their numbers.
func socketsOf(dir string) map[string]bool {
	entries, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return nil
	}
	sockets := map[string]bool{}
	for _, e := range entries {
		link, _ := os.Readlink(filepath.Join(dir, "fd", e.Name()))
		if number, ok := strings.CutPrefix(link, "socket:["); ok {
			sockets[strings.TrimSuffix(number, "]")] = true
		}
	}
	return sockets
}

// parseSocket reads a line of proc_pid_net(5)'s tcp; ok is false where it is none of
// a socket that listens.
func parseSocket(line string) (address netip.AddrPort, inode string, ok bool) {
	const local, state, number, listens = 1, 3, 9, "0A"
	fields := strings.Fields(line)
	if len(fields) <= number || fields[state] != listens {
		return address, "", false
	}
	host, port, _ := strings.Cut(fields[local], ":")
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return address, "", false
	}
	b, err := hex.DecodeString(host)
	if err != nil || len(b)%4 != 0 {
		return address, "", false
	}
	for i := 0; i < len(b); i += 4 { // each word stands as the machine has it
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	ip, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), fields[number], ok
}
