package jekyll_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
)

// normalize returns HTML in a form in which two documents are the same if a
// reader sees the same, and style sheets and links find the same. It evens out
// how kramdown and goldmark write the same thing: indentation, empty elements,
// attributes without a value, the order of attributes, character references;
// and how code is wrapped that has no language.
func normalize(document string) string {
	n := normalizer{}
	document = rougeTable.ReplaceAllString(document, "$1")
	for _, token := range tokenize(document) {
		n.add(token)
	}
	n.text = strings.TrimRight(n.text, " \t\n")
	n.flush()
	return strings.Join(n.out, "\n") + "\n"
}

// rougeTable is the markup of code with line numbers in Jekyll.
var rougeTable = regexp.MustCompile(
	`(?s)<table class="rouge-table">.*?<td class="code"><pre>(.*?)</pre></td></tr></tbody></table>`)

type token struct {
	text  string // text, or a comment as it stands
	name  string // of a tag
	end   bool   // is it an end tag
	attrs [][2]string
}

var (
	tokenSyntax = regexp.MustCompile(`(?s)<!--.*?-->|</?[a-zA-Z][\w:.-]*(?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>` + "`" + `]+))?)*\s*/?>`)
	tagSyntax   = regexp.MustCompile(`^</?([a-zA-Z][\w:.-]*)`)
	attrSyntax  = regexp.MustCompile(`(?s)\s+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?`)
)

func tokenize(document string) (tokens []token) {
	for document != "" {
		at := tokenSyntax.FindStringIndex(document)
		if at == nil {
			return append(tokens, token{text: html.UnescapeString(document)})
		}
		if at[0] > 0 {
			tokens = append(tokens, token{text: html.UnescapeString(document[:at[0]])})
		}
		tokens = append(tokens, parseTag(document[at[0]:at[1]]))
		document = document[at[1]:]
	}
	return tokens
}

func parseTag(tag string) token {
	m := tagSyntax.FindStringSubmatch(tag)
	if m == nil {
		return token{text: tag, name: "!"}
	}
	t := token{name: strings.ToLower(m[1]), end: tag[1] == '/'}
	for _, a := range attrSyntax.FindAllStringSubmatch(tag[len(m[0]):], -1) {
		name, value := strings.ToLower(a[1]), html.UnescapeString(a[2]+a[3]+a[4])
		if value == name {
			value = ""
		}
		t.attrs = append(t.attrs, [2]string{name, value})
	}
	slices.SortFunc(t.attrs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return t
}

var blockNames = strings.Fields(`article aside blockquote body center dd details div dl dt figcaption figure footer form
	h1 h2 h3 h4 h5 h6 header hr iframe li main nav ol p pre section summary table tbody td tfoot th thead tr ul video br !`)

// normalizer takes tokens one by one.
type normalizer struct {
	out  []string
	text string
	// pre counts the pre elements that are open, code those of code.
	pre, code int
	// wrapper are the attributes of a wrapper of highlighted code, which
	// become those of its pre element; depth counts its open div elements.
	wrapper [][2]string
	depth   int
}

func (n *normalizer) add(t token) {
	if t.name == "" {
		n.text += t.text
		return
	}
	switch class := t.attr("class"); {
	case t.name == "div" && !t.end && strings.Contains(class, "highlighter-rouge"):
		n.wrapper, n.depth = t.attrs, 1
		return
	case t.name == "div" && n.depth > 0 && !t.end:
		n.depth++
		return
	case t.name == "div" && n.depth > 0:
		n.depth--
		return
	case t.name == "span" && (n.pre > 0 || n.code > 0) && t.isToken():
		if class == "ln" {
			n.text += "\x00" // the number follows; see flush
		}
		return
	}
	n.count(t)
	isBlock := slices.Contains(blockNames, t.name)
	if isBlock && n.pre == 0 {
		n.text = strings.TrimRight(n.text, " \t\n")
	}
	n.flush()
	n.out = append(n.out, n.tag(t))
	if isBlock && n.pre == 0 {
		n.out = append(n.out, "")
	}
}

// isToken reports whether a span is one of a highlighter's.
func (t token) isToken() bool {
	return t.end || len(t.attrs) == 1 && t.attrs[0][0] == "class"
}

func (t token) attr(name string) string {
	for _, a := range t.attrs {
		if a[0] == name {
			return a[1]
		}
	}
	return ""
}

func (n *normalizer) count(t token) {
	step := 1
	if t.end {
		step = -1
	}
	switch t.name {
	case "pre":
		n.pre += step
	case "code":
		n.code += step
	}
}

var lineNumber = regexp.MustCompile("\x00\\s*\\d+")

// flush ends a text.
func (n *normalizer) flush() {
	text := lineNumber.ReplaceAllString(n.text, "")
	n.text = ""
	if n.pre == 0 {
		text = regexp.MustCompile(`[ \t\r\n]+`).ReplaceAllString(text, " ")
		if k := len(n.out); k == 0 || n.out[k-1] == "" {
			text = strings.TrimLeft(text, " ")
		}
	} else {
		text = strings.TrimRight(text, " \n")
	}
	if k := len(n.out); k > 0 && n.out[k-1] == "" {
		n.out = n.out[:k-1]
	}
	if text != "" {
		n.out = append(n.out, text)
	}
}

// ignoredClasses say nothing but who wrote the HTML.
var ignoredClasses = []string{"chroma", "highlight", "highlighter-rouge", "language-plaintext"}

func (n *normalizer) tag(t token) string {
	if t.name == "!" {
		return strings.Join(strings.Fields(t.text), " ")
	}
	if t.name == "pre" && !t.end && n.depth > 0 {
		t.attrs = n.wrapper
	}
	if t.end {
		return "</" + t.name + ">"
	}
	out := "<" + t.name
	for _, a := range t.attrs {
		value := strings.Join(strings.Fields(strings.ReplaceAll(a[1], "%20", " ")), " ")
		switch a[0] {
		case "class":
			value = classes(value, t.name == "pre" || t.name == "code" && n.depth > 0)
			if value == "" {
				continue
			}
		case "style":
			value = strings.ReplaceAll(value, ": ", ":")
		}
		out += " " + a[0]
		if value != "" {
			out += `="` + value + `"`
		}
	}
	return out + ">"
}

// classes returns what of a list of classes is worth comparing. The language
// of wrapped code is the wrapper's.
func classes(value string, wrapped bool) string {
	var kept []string
	for _, class := range strings.Fields(value) {
		if !slices.Contains(ignoredClasses, class) && !(wrapped && strings.HasPrefix(class, "language-")) {
			kept = append(kept, class)
		}
	}
	return strings.Join(kept, " ")
}
