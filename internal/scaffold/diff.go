package scaffold

import (
	"slices"
	"strings"
)

// DiffLines writes how one text becomes another: the lines that go after "- ",
// those that come after "+ ", those around them after two spaces, and "..."
// where lines are passed over.
func DiffLines(from, to string) []string {
	a, b := slices.Collect(strings.Lines(from)), slices.Collect(strings.Lines(to))
	common := longestCommon(a, b)
	var all []string
	i, j := 0, 0
	for _, pair := range append(common, [2]int{len(a), len(b)}) {
		for ; i < pair[0]; i++ {
			all = append(all, "- "+strings.TrimRight(a[i], "\r\n"))
		}
		for ; j < pair[1]; j++ {
			all = append(all, "+ "+strings.TrimRight(b[j], "\r\n"))
		}
		if i < len(a) {
			all = append(all, "  "+strings.TrimRight(a[i], "\r\n"))
		}
		i, j = i+1, j+1
	}
	return nearChanges(all)
}

// longestCommon returns the pairs of equal lines of a longest common
// subsequence. Of long texts it only takes what is equal at both ends.
func longestCommon(a, b []string) [][2]int {
	var head, tail [][2]int
	for len(head) < len(a) && len(head) < len(b) && a[len(head)] == b[len(head)] {
		head = append(head, [2]int{len(head), len(head)})
	}
	n, m := len(a), len(b)
	for n > len(head) && m > len(head) && a[n-1] == b[m-1] {
		n, m = n-1, m-1
		tail = append(tail, [2]int{n, m})
	}
	slices.Reverse(tail)
	at := len(head)
	rows, columns := n-at, m-at
	if rows*columns > 1<<22 {
		return append(head, tail...)
	}
	length := make([][]int, rows+1)
	for i := range length {
		length[i] = make([]int, columns+1)
	}
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			if a[at+i] == b[at+j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < rows && j < columns; {
		switch {
		case a[at+i] == b[at+j]:
			head = append(head, [2]int{at + i, at + j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return append(head, tail...)
}

// nearChanges keeps the lines that changed and two on each side of them.
func nearChanges(all []string) []string {
	const around = 2
	var out []string
	skipped := false
	for i, line := range all {
		near := false
		for k := max(i-around, 0); k <= min(i+around, len(all)-1); k++ {
			near = near || all[k][0] != ' '
		}
		if near {
			out = append(out, line)
		} else if !skipped {
			out = append(out, "...")
		}
		skipped = !near
	}
	return out
}
