package scaffold

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/lint"
)

var words = regexp.MustCompile(`[a-z]{4,}`)

// withComments adds to the changes of a script what deletes the comments that
// speak of nothing but the lines which the changes delete: those directly above
// them that share a word with them, and none with a line that follows and stays.
func withComments(text string, changes []lint.Change) []lint.Change {
	lines := strings.Split(text, "\n")
	gone := map[int]bool{}
	for _, c := range changes {
		for i := c.Line; i < c.Line+c.Delete && len(c.Insert) == 0; i++ {
			gone[i] = true
		}
	}
	comment := func(i int) bool {
		return i >= 1 && i <= len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i-1]), "#") && !strings.HasPrefix(lines[i-1], "#!")
	}
	out := changes
	for first := 1; first <= len(lines); first++ {
		if !comment(first) {
			continue
		}
		last := first
		for comment(last + 1) {
			last++
		}
		end := last + 1
		var deleted []string
		for ; gone[end]; end++ {
			deleted = append(deleted, lines[end-1])
		}
		var kept []string
		for ; end <= len(lines) && !comment(end) && strings.TrimSpace(lines[end-1]) != ""; end++ {
			kept = append(kept, lines[end-1])
		}
		text := lines[first-1 : last]
		if speaksOf(text, deleted) && !speaksOf(text, kept) {
			out = append(out, lint.Change{Line: first, Delete: last - first + 1})
		}
		first = last
	}
	return out
}

// speaksOf says whether a comment shares a word with lines.
func speaksOf(comment, lines []string) bool {
	text := strings.ToLower(strings.Join(lines, "\n"))
	return slices.ContainsFunc(words.FindAllString(strings.ToLower(strings.Join(comment, "\n")), -1), func(word string) bool {
		return strings.Contains(text, word)
	})
}
