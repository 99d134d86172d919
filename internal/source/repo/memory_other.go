//go:build !linux

package repo

// limitMemory does nothing: the system has no such limit of another process. git itself
// bounds each of its allocations.
func limitMemory(int, int64) {}
