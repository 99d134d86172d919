// Package markup finds the links of documents by the syntax of their markup, so
// that the text around a link is never taken for a part of it, and what stands
// in code or in a comment is no link. A fenced block of Markdown that holds an
// address and nothing else is one: it is there to be opened.
package markup

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Link is a link of a document.
type Link struct {
	// URL is what the link leads to.
	URL string
	// Start and End are where it stands in the text, as the markup escapes it.
	Start, End int
}

// readers are those of each extension. What has none of them is plain text.
var readers = map[string]func(text string) []Link{
	".md": markdownLinks, ".markdown": markdownLinks, ".mdown": markdownLinks, ".mkd": markdownLinks, ".rmd": markdownLinks, ".qmd": markdownLinks,
	".rst": restLinks, ".rest": restLinks,
	".adoc": asciidocLinks, ".asciidoc": asciidocLinks, ".asc": asciidocLinks,
	".html": htmlLinks, ".htm": htmlLinks,
	notebookExt: notebookLinks,
	".txt":      textLinks, "": textLinks,
}

// notebookExt is the extension of Jupyter's notebooks.
const notebookExt = ".ipynb"

// maxText is how much of a document is read: no person writes more. In a notebook
// it is of one cell, since results stand beside what a person wrote.
const maxText = 128 << 10

// Is says whether a file of this name is a document that Links reads.
func Is(name string) bool {
	_, ok := readers[strings.ToLower(path.Ext(name))]
	return ok
}

// Links lists the links of a document in their order.
func Links(name, text string) []Link {
	ext := strings.ToLower(path.Ext(name))
	read, ok := readers[ext]
	if !ok {
		return nil
	}
	if len(text) > maxText && ext != notebookExt {
		text = text[:strings.LastIndexByte(text[:maxText], '\n')+1]
	}
	links := read(text)
	slices.SortFunc(links, func(a, b Link) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return slices.Compact(links)
}

// bare is a URL that stands in the text without any markup. What may follow it
// is cut off by [trimmed].
const bare = "https?://[^\\s<>\"`\\[\\]{}|\\\\^]+"

var bareURL = regexp.MustCompile(bare)

// trimmed cuts off a URL without markup what belongs to the sentence.
func trimmed(url string) string {
	for url != "" {
		last := url[len(url)-1]
		inPair := last == ')' && strings.Count(url, ")") <= strings.Count(url, "(")
		if inPair || !strings.ContainsRune(".,;:!?*_~')", rune(last)) {
			break
		}
		url = url[:len(url)-1]
	}
	return url
}

// at is the link of a piece of the text that is its URL as it stands.
func at(text string, start, end int) Link { return Link{text[start:end], start, end} }

// sentence is the link of a URL that stands in a sentence.
func sentence(text string, start, end int) Link {
	return at(text, start, start+len(trimmed(text[start:end])))
}

// textLinks reads a plain text.
func textLinks(text string) []Link {
	var out []Link
	for _, m := range bareURL.FindAllStringIndex(text, -1) {
		out = append(out, sentence(text, m[0], m[1]))
	}
	return out
}

// moved returns links of a piece of a text as those of the text.
func moved(links []Link, by int) []Link {
	for i := range links {
		links[i].Start += by
		links[i].End += by
	}
	return links
}

// line is a line of a text without its end, and where it begins.
type line struct {
	text  string
	start int
}

// linesOf splits a text.
func linesOf(text string) []line {
	var out []line
	start := 0
	for l := range strings.Lines(text) {
		out = append(out, line{strings.TrimRight(l, "\r\n"), start})
		start += len(l)
	}
	return out
}

// indent is how far a line is indented, and whether there is anything on it.
func (l line) indent() (n int, blank bool) {
	rest := strings.TrimLeft(l.text, " \t")
	return len(l.text) - len(rest), rest == ""
}
