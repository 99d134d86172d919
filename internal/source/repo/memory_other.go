//go:build !linux

package repo

// limitMemory does nothing: what is stored and the time are bounded here, and memory
// is not.
func limitMemory(int, int64) {}
