package recipe

import (
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/python"
)

var bracesRule = Rule{"entry-braces", card.LevelError, "Braces that the proxy takes for a place to fill in",
	"A word of an entry's command or environment has single braces around something quoted, as JSON and Python's dicts have.",
	"The proxy gives each word to str.format, for {port} and {base_url}. It knows no such place, and the app's page is a 500.",
	"Measured with " + proxy + ": \"KeyError\" at each request, 500.", "write each brace that is meant twice"}

// foreignPlace matches a place to fill in that has no name, once braces that
// are written twice are gone. Names are not looked at: those of values that the
// source does not give stand in braces, too.
var foreignPlace = regexp.MustCompile(`\{\s*['"]`)

// braces reports words of an entry that the proxy cannot fill in.
func (c *checker) braces(start *inspect.Start) {
	for _, key := range []string{"command", "environment"} {
		value, line, _ := start.Entry.Get(key)
		for _, word := range words(value) {
			if !foreignPlace.MatchString(strings.ReplaceAll(word, "{{", "")) {
				continue
			}
			at, text := c.lineWith(start.Path, line, word)
			f := c.find(bracesRule.ID, start.Path, at, "the proxy takes the braces of %s for a place to fill in, and fails", quote(word))
			if text != "" && !strings.Contains(word, "{{") && !strings.Contains(word, "{port}") && !strings.Contains(word, "{base_url}") {
				twice := strings.NewReplacer("{", "{{", "}", "}}").Replace(word)
				f.Changes = []Change{{Path: start.Path, Line: at, Delete: 1, Insert: []string{strings.Replace(text, word, twice, 1)}}}
			}
		}
	}
}

// words lists the texts of a list, or the values of a dict.
func words(value any) []string {
	var out []string
	add := func(v any) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	switch v := value.(type) {
	case *python.List:
		for _, item := range v.Items {
			add(item)
		}
	case *python.Dict:
		for _, item := range v.Items {
			add(item.Value)
		}
	}
	return out
}

// lineWith finds the line of a file, from one on, that has a word as it is.
// Where there is none, it is that line, and no text.
func (c *checker) lineWith(p string, from int, word string) (line int, text string) {
	number := 0
	for l := range strings.Lines(c.text(p)) {
		if number++; number >= from && strings.Contains(l, word) {
			return number, strings.TrimRight(l, "\r\n")
		}
	}
	return from, ""
}
