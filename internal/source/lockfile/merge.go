package lockfile

import "bytes"

// The lines that git leaves where two sides of a merge differ.
var (
	markOurs   = []byte("<<<<<<< ")
	markBase   = []byte("|||||||")
	markSplit  = []byte("=======")
	markTheirs = []byte(">>>>>>> ")
)

// marked reports whether a text has conflict markers. In JSON no line can begin
// with one.
func marked(text []byte) bool {
	return bytes.HasPrefix(text, markOurs) || bytes.Contains(text, append([]byte("\n"), markOurs...))
}

// sides returns the texts that were merged: both sides of one with conflict
// markers, else the text itself. What git could merge is in both.
func sides(text []byte) [][]byte {
	if !marked(text) {
		return [][]byte{text}
	}
	const both, ours, base, theirs = 0, 1, 2, 3
	at := both
	var left, right []byte
	for line := range bytes.Lines(text) {
		switch {
		case bytes.HasPrefix(line, markOurs):
			at = ours
			continue
		case at == ours && bytes.HasPrefix(line, markBase):
			at = base
			continue
		case (at == ours || at == base) && bytes.HasPrefix(line, markSplit):
			at = theirs
			continue
		case at == theirs && bytes.HasPrefix(line, markTheirs):
			at = both
			continue
		}
		if at == both || at == ours {
			left = append(left, line...)
		}
		if at == both || at == theirs {
			right = append(right, line...)
		}
	}
	return [][]byte{left, right}
}
