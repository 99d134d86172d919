// Package common says what two texts have in common.
package common

// Prefix is how many bytes at their beginning two texts have in common.
func Prefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
