package recipe

import (
	"slices"
	"strings"
)

// Change is a change of one file: from Line on, Delete lines go and Insert
// come in their place. Lines are counted from 1 in the file as it was read.
type Change struct {
	Path   string
	Line   int
	Delete int
	Insert []string
	// Unix says instead that all line ends become LF.
	Unix bool
}

// Diff writes a change as lines that begin with "- " and "+ ".
func (c Change) Diff(text string) []string {
	if c.Unix {
		return []string{"~ LF line ends"}
	}
	var out []string
	lines := splitLines(text)
	for i := c.Line - 1; i < c.Line-1+c.Delete && i < len(lines); i++ {
		out = append(out, "- "+strings.TrimRight(lines[i], "\r\n"))
	}
	for _, line := range c.Insert {
		out = append(out, "+ "+line)
	}
	return out
}

// splitLines cuts a text after each line end.
func splitLines(text string) []string { return slices.Collect(strings.Lines(text)) }

// Apply makes the changes of one file. The line ends of the file are kept. Of
// two changes that touch the same line the later in the list is left out.
func Apply(text string, changes []Change) string {
	if slices.ContainsFunc(changes, func(c Change) bool { return c.Unix }) {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		changes = slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Unix })
	}
	end := "\n"
	if first, _, ok := strings.Cut(text, "\n"); ok && strings.HasSuffix(first, "\r") {
		end = "\r\n"
	}
	lines := splitLines(text)
	if n := len(lines); n > 0 && !strings.HasSuffix(lines[n-1], "\n") {
		lines[n-1] += end
	}
	taken := map[int]bool{}
	var chosen []Change
	for _, c := range changes {
		free := true
		for l := c.Line; l < c.Line+c.Delete; l++ {
			free = free && !taken[l]
		}
		if !free || slices.ContainsFunc(chosen, func(o Change) bool { return o.Line == c.Line && slices.Equal(o.Insert, c.Insert) }) {
			continue
		}
		for l := c.Line; l < c.Line+c.Delete; l++ {
			taken[l] = true
		}
		chosen = append(chosen, c)
	}
	slices.SortStableFunc(chosen, func(a, b Change) int { return b.Line - a.Line }) // from the end, so that lines keep their numbers
	for i := 0; i < len(chosen); {
		j := i
		var insert []string
		deleted := 0
		for ; j < len(chosen) && chosen[j].Line == chosen[i].Line; j++ {
			deleted = max(deleted, chosen[j].Delete)
			for _, line := range chosen[j].Insert {
				insert = append(insert, line+end)
			}
		}
		at := min(max(chosen[i].Line-1, 0), len(lines))
		lines = slices.Replace(lines, at, min(at+deleted, len(lines)), insert...)
		i = j
	}
	return strings.Join(lines, "")
}

// DiffLines writes how one text becomes another: the lines that go after "- ",
// those that come after "+ ", those around them after two spaces, and "..."
// where lines are passed over.
func DiffLines(from, to string) []string {
	a, b := splitLines(from), splitLines(to)
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
