package lint

import (
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

var entryBraces = &Rule{
	ID:       "entry-braces",
	Level:    card.LevelError,
	Title:    "Braces that the proxy takes for a place to fill in",
	When:     "A word of an entry's command or environment has single braces around something quoted, as JSON and Python's dicts have.",
	Why:      "The proxy gives each word to str.format, for {port} and {base_url}. It knows no such place, and the app's page is a 500.",
	Evidence: "Measured with " + proxy + ": \"KeyError\" at each request, 500.",
	Fix:      "write {{ and }} for the braces that are meant as such",
	Check:    checkEntryBraces,
}

func checkEntryBraces(c *checker) {
	for _, start := range c.entries() {
		c.braces(start)
	}
}

// foreignPlace matches a place to fill in that has no name, once braces that
// are written twice are gone. Names are not looked at: those of values that the
// source does not give stand in braces, too.
var foreignPlace = regexp.MustCompile(`\{\s*['"]`)

// braces reports words of an entry that the proxy cannot fill in.
func (c *checker) braces(start *repository.Start) {
	for _, key := range []string{"command", "environment"} {
		value, _, _ := start.Entry.Get(key)
		for _, w := range words(value) {
			if !foreignPlace.MatchString(strings.ReplaceAll(w.text, "{{", "")) {
				continue
			}
			if w.line == 0 {
				w.line = start.Line
			}
			f := c.report(start.Path, w.line, "jupyter-server-proxy takes the braces of %s for a place to fill in, and fails", quote(w.text))
			if !strings.Contains(w.text, "{{") && !strings.Contains(w.text, "{port}") && !strings.Contains(w.text, "{base_url}") {
				twice := strings.NewReplacer("{", "{{", "}", "}}").Replace(w.text)
				f.Changes = c.once(start.Path, w.line, w.text, twice)
			}
		}
	}
}

// entryWord is a text of an entry, and its line if that is known.
type entryWord struct {
	text string
	line int
}

// words lists the texts of a list, or the values of a dict.
func words(value any) []entryWord {
	var out []entryWord
	add := func(v any, line int) {
		if s, ok := v.(string); ok {
			out = append(out, entryWord{s, line})
		}
	}
	switch v := value.(type) {
	case *python.List:
		for i, item := range v.Items {
			add(item, v.At(i).Line)
		}
	case *python.Dict:
		for _, item := range v.Items {
			add(item.Value, item.Line)
		}
	}
	return out
}
