// Package form writes an embed so that it comes through whatever reads it before a
// browser does: a site's own Markdown processor, and the template language that many
// run before that.
package form

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/parser"
)

// Form is a form of embeds, by who reads them.
type Form string

// The forms.
const (
	HTML     Form = ""         // a browser
	Markdown Form = "markdown" // a Markdown processor, perhaps behind a template language
	MDX      Form = "mdx"      // MDX, which is Markdown with JSX
	RST      Form = "rst"      // docutils, which reads reStructuredText
)

// Forms are those that are read again before a browser reads them.
var Forms = []Form{Markdown, MDX, RST}

// names are how the names of posts end, by the form in which they are read where
// nothing else is known.
var names = map[Form][]string{
	Markdown: {".md", ".markdown", ".mdown", ".mkd", ".mkdn"},
	MDX:      {".mdx"},
	RST:      {".rst"},
}

// Names are how the names of posts of a form end.
func (f Form) Names() []string { return names[f] }

// ByName returns the form that a file's name tells.
func ByName(file string) (Form, bool) {
	for _, f := range Forms {
		if slices.Contains(names[f], strings.ToLower(path.Ext(file))) {
			return f, true
		}
	}
	return HTML, false
}

// As is what the command tells the goldmark extension of who reads its output.
type As struct {
	// Form is that of the embeds.
	Form Form
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

// Block returns an embed in a form, in one element that stands alone.
func (f Form) Block(html string) string {
	html = strings.TrimRight(html, "\n")
	switch f {
	case Markdown:
		return div(html)
	case MDX:
		return Element("div", innerHTML(html))
	case RST:
		return ".. raw:: html\n\n   " + strings.ReplaceAll(fold(div(html)), "\n", "\n   ")
	}
	return html + "\n"
}

// Inline returns a launch link in a form. In reStructuredText none can stand within a
// sentence.
func (f Form) Inline(html string) string {
	switch f {
	case Markdown:
		return encode(html)
	case MDX:
		return Element("span", innerHTML(html))
	}
	return html
}

// div returns an embed as Markdown that stays what it is: a <div>, which all readers
// know for a block, in one line without indentation, so that no blank line ends it and
// none of its lines is a fence or a heading. What a reader or a template language takes
// for its own stands as a character reference.
func div(html string) string { return "<div>" + encode(html) + "</div>" }

// Docutils refuses a document with a line of more than 10,000 characters.
const (
	longLine = 1000 // is ended in the next tag
	lastLine = 5000 // is ended in the text
)

// fold breaks HTML without line ends into lines, where that makes no difference: before
// a tag's last mark, or in a comment.
func fold(html string) string {
	var b strings.Builder
	tag, reference, quote, length := false, false, rune(0), 0
	for _, r := range html {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case tag:
			if r == '"' || r == '\'' {
				quote = r
			}
			if tag = r != '>'; !tag && length > longLine {
				b.WriteByte('\n')
				length = 0
			}
		default:
			if !reference && length > lastLine {
				b.WriteString("<!--\n-->")
				length = 0
			}
			tag = r == '<'
			reference = r == '&' || reference && r != ';'
		}
		b.WriteRune(r)
		length++
	}
	return b.String()
}

// Element is an element of MDX with HTML that it does not read, an expression.
func Element(name, html string) string {
	return "<" + name + " dangerouslySetInnerHTML={" + html + "} />"
}

// innerHTML is an expression for HTML. Of Markdown and of MDX nothing is left in its
// string; both look for braces, MDX tries to parse what stands before each.
func innerHTML(html string) string {
	text, err := json.Marshal(html) // with <, > and & escaped
	if err != nil {
		panic(err) // a string has a JSON form
	}
	var b strings.Builder
	for _, r := range string(text) {
		if strings.ContainsRune(inScript, r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return "{__html: " + b.String() + "}"
}

// inScript are marks that readers of Markdown and templates know in any text.
const inScript = "{}`|$~_*[]"

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
