package repo

import "golang.org/x/sys/unix"

// limitMemory bounds the address space of a process, and of those that it starts from
// now on. Where that fails the process has ended.
func limitMemory(pid int, limit int64) {
	l := unix.Rlimit{Cur: uint64(limit), Max: uint64(limit)}
	_ = unix.Prlimit(pid, unix.RLIMIT_AS, &l, nil)
}
