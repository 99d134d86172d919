package markup

import (
	"regexp"
	"strings"
)

var (
	// restTarget is a named or anonymous target, or the option of an image that
	// makes a link of it.
	restTarget = regexp.MustCompile("^\\s*(?:\\.\\.\\s+_(?:`[^`]*`|[^:`]*):|__|:target:)\\s+(https?://\\S+)\\s*$")
	// restCode are the directives whose content is shown as it stands.
	restCode = regexp.MustCompile(`^\s*\.\.\s+(?:code|code-block|sourcecode|highlight|math|parsed-literal)::`)
	restHTML = regexp.MustCompile(`^\s*\.\.\s+raw::\s*html\b`)
	// restComment is what begins like a directive and is none.
	restComment   = regexp.MustCompile(`^\s*\.\.(?:\s|$)`)
	restExplicit  = regexp.MustCompile(`^\s*\.\.\s+(?:_|__|\[|\||[A-Za-z0-9_:.+-]+::)`)
	restInline    = regexp.MustCompile("``.*?``|<(https?://[^<>]*)>|" + bare)
	restDirective = regexp.MustCompile(`^\s*\.\.\s.*::\s*$`)
)

// restLinks reads reStructuredText.
func restLinks(text string) []Link {
	var out []Link
	hidden := -1 // how far the block is indented whose content is no text
	html := -1   // where a block of HTML begins
	for _, l := range append(linesOf(text), line{".", len(text)}) {
		indent, blank := l.indent()
		if hidden >= 0 && (blank || indent > hidden) {
			continue
		}
		if html >= 0 {
			out = append(out, moved(htmlLinks(text[html:l.start]), html)...)
		}
		hidden, html = -1, -1
		if l.start == len(text) {
			break
		}
		switch {
		case restHTML.MatchString(l.text):
			hidden, html = indent, l.start+len(l.text)
		case restCode.MatchString(l.text), restComment.MatchString(l.text) && !restExplicit.MatchString(l.text):
			hidden = indent
		default:
			out = append(out, restLine(text, l)...)
			if strings.HasSuffix(strings.TrimSpace(l.text), "::") && !restDirective.MatchString(l.text) {
				hidden = indent
			}
		}
	}
	return out
}

// restLine reads a line of text.
func restLine(text string, l line) []Link {
	if m := restTarget.FindStringSubmatchIndex(l.text); m != nil {
		return []Link{at(text, l.start+m[2], l.start+m[3])}
	}
	var out []Link
	for _, m := range restInline.FindAllStringSubmatchIndex(l.text, -1) {
		switch {
		case m[2] >= 0:
			out = append(out, at(text, l.start+m[2], l.start+m[3]))
		case l.text[m[0]] != '`':
			out = append(out, sentence(text, l.start+m[0], l.start+m[1]))
		}
	}
	return out
}
