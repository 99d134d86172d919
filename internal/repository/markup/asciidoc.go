package markup

import (
	"regexp"
	"strings"
)

var (
	// asciidocFence opens and closes a block whose content is no text.
	asciidocFence = regexp.MustCompile("^(?:-{4,}|\\.{4,}|/{4,}|\\+{4,}|```[^`]*)$")
	// asciidocInline is a URL between plus signs twice, as the link of an image,
	// in angle brackets, or by itself; a backslash takes the meaning from it.
	asciidocInline = regexp.MustCompile(`link:\+\+(https?://.*?)\+\+\[|link="?(https?://[^\s",\]]+)|<(https?://[^<>\s]*)>|\\` + bare + `|` + bare)
)

// asciidocLinks reads AsciiDoc.
func asciidocLinks(text string) []Link {
	var out []Link
	fence, inside := "", 0
	for _, l := range linesOf(text) {
		rest := strings.TrimRight(l.text, " \t")
		switch {
		case fence != "":
			if rest == fence {
				if fence[0] == '+' {
					out = append(out, moved(htmlLinks(text[inside:l.start]), inside)...)
				}
				fence = ""
			}
		case asciidocFence.MatchString(rest):
			fence, inside = rest, l.start+len(l.text)
			if fence[0] == '`' {
				fence = "```"
			}
		case !strings.HasPrefix(rest, "//"):
			out = append(out, asciidocLine(text, l)...)
		}
	}
	return out
}

// asciidocLine reads a line of text.
func asciidocLine(text string, l line) []Link {
	var out []Link
	for _, m := range asciidocInline.FindAllStringSubmatchIndex(l.text, -1) {
		start, end := l.start+m[0], l.start+m[1]
		marked := false
		for group := 2; group < len(m); group += 2 {
			if m[group] >= 0 {
				marked, start, end = true, l.start+m[group], l.start+m[group+1]
			}
		}
		switch {
		case text[start] == '\\':
		case marked || end < len(text) && text[end] == '[':
			out = append(out, at(text, start, end))
		default:
			out = append(out, sentence(text, start, end))
		}
	}
	return out
}
