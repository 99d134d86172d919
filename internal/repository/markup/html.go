package markup

import (
	"html"
	"regexp"
	"strings"
)

var (
	// tag is the beginning of a tag, a comment, or an element whose content is no
	// markup.
	tag = regexp.MustCompile(`(?i)<!--|<(script|style|textarea|title)\b|<([a-z][a-z0-9-]*)`)
	// attribute is one of a tag, and spaces before it.
	attribute = regexp.MustCompile(`^[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>` + "`" + `]+)))?`)
)

// leads are the attributes that hold a link, by their elements.
var leads = map[string]string{"a": "href", "area": "href", "iframe": "src"}

// htmlLinks reads HTML.
func htmlLinks(text string) []Link {
	var out []Link
	for i := 0; i < len(text); {
		m := tag.FindStringSubmatchIndex(text[i:])
		if m == nil {
			break
		}
		begin, end := i+m[0], i+m[1]
		switch {
		case m[2] >= 0:
			i = after(text, end, "</"+text[i+m[2]:i+m[3]])
		case m[4] >= 0:
			var links []Link
			links, i = tagLinks(text, end, strings.ToLower(text[i+m[4]:i+m[5]]))
			out = append(out, links...)
		default:
			i = after(text, begin+len("<!--"), "-->")
		}
	}
	return out
}

// after returns what follows a mark, in whatever case, or the text's end.
func after(text string, from int, mark string) int {
	for i := from; i+len(mark) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(mark)], mark) {
			return i + len(mark)
		}
	}
	return len(text)
}

// tagLinks reads the attributes of a tag, and returns where they end.
func tagLinks(text string, i int, element string) ([]Link, int) {
	var out []Link
	for {
		m := attribute.FindStringSubmatchIndex(text[i:])
		if m == nil {
			return out, i
		}
		name := strings.ToLower(text[i+m[2] : i+m[3]])
		for _, group := range []int{4, 6, 8} {
			if m[group] >= 0 && name == leads[element] {
				start, end := i+m[group], i+m[group+1]
				out = append(out, Link{strings.TrimSpace(html.UnescapeString(text[start:end])), start, end})
			}
		}
		i += m[1]
	}
}
