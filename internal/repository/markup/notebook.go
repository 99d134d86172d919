package markup

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// maxNested bounds how deep the JSON of a notebook is followed.
const maxNested = 20

// notebookLinks reads a Jupyter notebook: the Markdown of its cells, and the texts
// in their code that are an address and nothing else.
func notebookLinks(text string) []Link {
	n := &notebook{text: text, decoder: json.NewDecoder(strings.NewReader(text))}
	n.value("", 0) // where the JSON breaks off, what comes before it counts
	return n.links
}

// notebook collects the links of a notebook.
type notebook struct {
	text    string
	decoder *json.Decoder
	kind    string
	pieces  []piece // of the cell's source
	links   []Link
}

// piece is a string of a cell's source, and where it begins in the file, after its
// quotation mark.
type piece struct {
	text  string
	start int
}

// value reads a value of the JSON, and says whether there is more. The keys that
// lead to it are joined by dots; lists add none.
func (n *notebook) value(keys string, depth int) bool {
	before := int(n.decoder.InputOffset())
	token, err := n.decoder.Token()
	if err != nil || depth > maxNested {
		return false
	}
	switch token := token.(type) {
	case json.Delim:
		return n.nested(keys, depth, token)
	case string:
		start := before + strings.IndexByte(n.text[before:], '"') + 1
		switch keys {
		case ".cells.cell_type":
			n.kind = token
		case ".cells.source":
			n.pieces = append(n.pieces, piece{token, start})
		}
	}
	return true
}

// nested reads what is in an object or a list.
func (n *notebook) nested(keys string, depth int, open json.Delim) bool {
	for n.decoder.More() {
		inner := keys
		if open == '{' {
			key, err := n.decoder.Token()
			name, isText := key.(string)
			if err != nil || !isText {
				return false
			}
			if inner += "." + name; len(name) > len("cell_type") {
				inner = "" // a key like any other, which is kept with all that are in it
			}
		}
		if !n.value(inner, depth+1) {
			return false
		}
	}
	if open == '{' && keys == ".cells" {
		n.cell()
	}
	_, err := n.decoder.Token()
	return err == nil
}

// cell notes the links of the cell that was read.
func (n *notebook) cell() {
	var b strings.Builder
	for _, p := range n.pieces {
		b.WriteString(p.text)
	}
	source := b.String()
	var found []Link
	switch {
	case len(source) > maxText:
	case n.kind == "markdown":
		found = markdownLinks(source)
	case n.kind == "code":
		found = codeLinks(source)
	}
	slices.SortFunc(found, func(a, b Link) int { return cmp.Compare(a.Start, b.Start) })
	from := cursor{pieces: n.pieces}
	for _, l := range found {
		if start, end, ok := n.place(&from, l.Start, l.End); ok {
			n.links = append(n.links, Link{l.URL, start, end})
		}
	}
	n.kind, n.pieces = "", nil
}

// cursor goes through a cell's source, from one link to the next: pieces are those that
// are left, the first of them begins at base of the source, and past is how much of it lies
// behind, before at in the file.
type cursor struct {
	pieces         []piece
	base, past, at int
}

// place tells where in the file a part of the cell's source stands, which begins no
// sooner than those before. It has none that stands in several strings.
func (n *notebook) place(c *cursor, start, end int) (int, int, bool) {
	for len(c.pieces) > 0 && start >= c.base+len(c.pieces[0].text) {
		c.base += len(c.pieces[0].text)
		c.pieces, c.past, c.at = c.pieces[1:], 0, 0
	}
	if len(c.pieces) == 0 || end > c.base+len(c.pieces[0].text) {
		return 0, 0, false
	}
	p := c.pieces[0]
	from := n.escaped(max(c.at, p.start), start-c.base-c.past)
	c.past, c.at = start-c.base, from
	to := n.escaped(from, end-start)
	var written string
	err := json.Unmarshal([]byte(`"`+n.text[from:to]+`"`), &written)
	return from, to, err == nil && written == p.text[start-c.base:end-c.base]
}

// escaped returns what is so many bytes behind a place of a string, as the string
// is written.
func (n *notebook) escaped(at, bytes int) int {
	for bytes > 0 && at < len(n.text) {
		width := 1
		if n.text[at] == '\\' {
			width = 2
			if strings.HasPrefix(n.text[at:], `\u`) {
				width = 6
			}
		}
		width = min(width, len(n.text)-at)
		var written string
		if width > 1 && json.Unmarshal([]byte(`"`+n.text[at:at+width]+`"`), &written) == nil {
			bytes -= len(written)
		} else {
			bytes--
		}
		at += width
	}
	return at
}

// codeLinks lists the texts in Python that are an address.
func codeLinks(source string) []Link {
	if strings.Contains(source, "\r") {
		return nil // places would count differently
	}
	starts := []int{0}
	for _, l := range linesOf(source) {
		starts = append(starts, l.start)
	}
	var out []Link
	for _, t := range python.Tokenize(source) {
		if t.Kind != python.String || t.Line >= len(starts) {
			continue
		}
		body := len(t.Text) - 1
		m := bareURL.FindStringIndex(t.Text[:body])
		if m != nil && m[0] > 0 && m[1] == body && t.Text[m[0]-1] == t.Text[body] {
			begin := starts[t.Line] + t.Column - 1
			out = append(out, at(source, begin+m[0], begin+m[1]))
		}
	}
	return out
}
