// Package form writes an embed so that it comes through whatever reads it before a
// browser does: a site's own Markdown processor, and the template language that many
// run before that.
package form

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/parser"
)

// As is what the command tells the goldmark extension of who reads its output.
type As struct {
	// Markdown says that a Markdown processor will read it.
	Markdown bool
	// ID returns the id of the next embed of the repository at an address, on a page
	// that has others' embeds, too. Without it the ids count the document's tags.
	ID func(repo string) string
}

var key = parser.NewContextKey()

// Set says who reads what the conversion with a context writes.
func Set(pc parser.Context, as As) { pc.Set(key, as) }

// Of returns who reads what the conversion with a context writes.
func Of(pc parser.Context) As {
	as, _ := pc.Get(key).(As)
	return as
}

// Block returns an embed as Markdown that stays what it is: a <div>, which all
// readers know for a block, in one line without indentation, so that no blank line
// ends it and none of its lines is a fence or a heading. What a reader or a template
// language takes for its own stands as a character reference.
func Block(html string) string {
	return "<div>" + encode(strings.TrimRight(html, "\n")) + "</div>"
}

// Inline returns a launch link as Markdown that stays what it is.
func Inline(html string) string { return encode(html) }

// What stands as a character reference: in text, of which any mark may mean
// something (Python-Markdown reads a block in a list as a sentence), and in
// attributes, which nobody looks into but template languages and careless
// expressions.
const (
	inText      = "{}[]`~_*\\$^|#!@+=%:()-.;/\"'"
	inAttribute = "{}[]`~_*\\$^|"
	// Some readers take these for line ends, or tabs for spaces.
	spaces = "\t\n\v\f\x1c\x1d\x1e\u2028\u2029"
)

// encode writes HTML of our own, which has no comments and quotes its attributes.
func encode(html string) string {
	var b strings.Builder
	b.Grow(len(html) * 3 / 2)
	html = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(html) // as a browser has it
	tag, quote := false, rune(0)
	for i, r := range html {
		marks := spaces
		switch {
		case quote != 0:
			marks += inAttribute
			if r == quote {
				quote = 0
			}
		case tag:
			marks = ""
			switch r {
			case '"', '\'':
				quote = r
			case '>':
				tag = false
			}
		case r == '<':
			tag = true
		case !inReference(html, i):
			marks += inText
		}
		if strings.ContainsRune(marks, r) {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// inReference says whether the byte at an offset belongs to a character reference.
func inReference(html string, at int) bool {
	from := strings.LastIndexByte(html[max(0, at-longestReference):at+1], '&')
	if from < 0 {
		return false
	}
	from += max(0, at-longestReference)
	end := strings.IndexAny(html[from+1:], "; \n<&")
	return end >= 0 && html[from+1+end] == ';' && at <= from+1+end
}

// longestReference bounds how far back a reference may begin.
const longestReference = 12
