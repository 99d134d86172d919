package repository

import (
	"regexp"
	"strings"
)

// templateCode matches what Jinja takes out of a template: its comments, and its
// expressions and statements.
var templateCode = regexp.MustCompile(`(?s)\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}`)

// templateWord matches a text or a name of a template's code.
var templateWord = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_]*`)

// TemplateNames lists the names that a template of Jinja's uses: what it is
// given, and what that has. Comments and texts have none.
func (f *Facts) TemplateNames(p string) map[string]bool {
	out := map[string]bool{}
	text, _ := f.Snapshot.Read(p)
	for _, code := range templateCode.FindAllString(string(text), -1) {
		if strings.HasPrefix(code, "{#") {
			continue
		}
		for _, word := range templateWord.FindAllString(code, -1) {
			out[word] = word[0] != '"' && word[0] != '\''
		}
	}
	return out
}
