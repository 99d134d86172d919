package lint

import (
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/common"
	"github.com/bokehbinder/bokehbinder/internal/repository"
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

// onLine puts a text in the place of a line.
func onLine(file string, line int, text string) []Change {
	return []Change{{Path: file, Line: line, Delete: 1, Insert: []string{text}}}
}

// once puts a text in the place of another in a line of a file. Where the other stands
// more than once, it is not known which is meant, and nothing is changed.
func (c *checker) once(file string, line int, old, now string) []Change {
	before, after, ok := strings.Cut(repository.LineAt(c.facts.Text(file), line), old)
	if !ok || strings.Contains(after, old) {
		return nil
	}
	return onLine(file, line, before+now+after)
}

// maxShown bounds the bytes of a line that a diff shows.
const maxShown = 200

// Diff writes a change as lines that begin with "- " and "+ ", without blanks at
// the end of an inserted one. Of long lines it has what lies around the change.
func (c Change) Diff(text string) []string {
	if c.Unix {
		return []string{"~ LF line ends"}
	}
	lines := splitLines(text)
	var from []string
	for i := c.Line - 1; i < c.Line-1+c.Delete && i < len(lines); i++ {
		from = append(from, strings.TrimRight(lines[i], "\r\n"))
	}
	same := 0
	if len(from) > 0 && len(c.Insert) > 0 {
		same = common.Prefix(from[0], c.Insert[0])
	}
	var out []string
	for _, line := range from {
		out = append(out, "- "+window(line, same))
	}
	for _, line := range c.Insert {
		out = append(out, strings.TrimRight("+ "+window(line, same), " "))
	}
	return out
}

// window is what lies around a place of a long line, in whole characters.
func window(line string, at int) string {
	if len(line) <= maxShown {
		return line
	}
	from := max(0, min(at-maxShown/2, len(line)-maxShown))
	before, after := "…", "…"
	if from == 0 {
		before = ""
	}
	if from+maxShown == len(line) {
		after = ""
	}
	return before + strings.ToValidUTF8(line[from:from+maxShown], "") + after
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
