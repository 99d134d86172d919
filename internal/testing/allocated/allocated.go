// Package allocated compares the work of code by what it allocates, which no clock and no
// other process changes.
package allocated

import "runtime"

// By is how many bytes a function allocates, of which it may free some.
func By(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
