package kramdown

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/util"
)

// startTag is an HTML start tag as it stands in a text.
type startTag struct {
	name string // in lower case
	// length of the whole tag in bytes.
	length int
	// closed is set where the tag ends in "/>".
	closed     bool
	attributes []tagAttribute
}

// tagAttribute is one attribute of a start tag: its name in lower case, its
// value without quotes, and where in the tag it stands.
type tagAttribute struct {
	name, value string
	start, end  int
}

var (
	tagName      = regexp.MustCompile(`^<([A-Za-z][\w:.-]*)`)
	tagAttrName  = regexp.MustCompile(`^\s+([^\s"'<>/=]+)`)
	tagAttrValue = regexp.MustCompile(`^\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>` + "`" + `]+))`)
	tagEnd       = regexp.MustCompile(`^\s*(/)?>`)
)

// parseStartTag reads the start tag at the beginning of s.
func parseStartTag(s []byte) (tag startTag, ok bool) {
	m := tagName.FindSubmatchIndex(s)
	if m == nil {
		return tag, false
	}
	tag.name = strings.ToLower(string(s[m[2]:m[3]]))
	at := m[1]
	for {
		if end := tagEnd.FindSubmatchIndex(s[at:]); end != nil {
			tag.closed = end[2] >= 0
			tag.length = at + end[1]
			return tag, true
		}
		name := tagAttrName.FindSubmatchIndex(s[at:])
		if name == nil {
			return tag, false
		}
		attr := tagAttribute{name: strings.ToLower(string(s[at+name[2] : at+name[3]])), start: at}
		at += name[1]
		if value := tagAttrValue.FindSubmatch(s[at:]); value != nil {
			attr.value = string(value[1]) + string(value[2]) + string(value[3])
			at += len(value[0])
		}
		attr.end = at
		tag.attributes = append(tag.attributes, attr)
	}
}

// get returns the value of an attribute.
func (t *startTag) get(name string) (value string, ok bool) {
	for _, a := range t.attributes {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// without returns the tag's text less an attribute.
func (t *startTag) without(text []byte, name string) []byte {
	var out []byte
	at := 0
	for _, a := range t.attributes {
		if a.name == name {
			out = append(out, text[at:a.start]...)
			at = a.end
		}
	}
	return append(out, text[at:t.length]...)
}

// mergeAttributes writes pairs into the start tag at the beginning of s. A
// class is added to the tag's own; any other attribute takes the place of the
// tag's. Where there is no start tag, s comes back as it is.
func mergeAttributes(s []byte, pairs []pair) []byte {
	tag, ok := parseStartTag(s)
	if !ok {
		return s
	}
	var out bytes.Buffer
	written := map[string]bool{}
	at := 0
	for _, a := range tag.attributes {
		for _, p := range pairs {
			if !strings.EqualFold(p.name, a.name) || written[p.name] {
				continue
			}
			if a.name == "class" && a.value != "" {
				p.value = a.value + " " + p.value
			}
			out.Write(s[at:a.start])
			writeAttribute(&out, p)
			at, written[p.name] = a.end, true
		}
	}
	end := len("<") + len(tag.name)
	if n := len(tag.attributes); n > 0 {
		end = tag.attributes[n-1].end
	}
	out.Write(s[at:end])
	for _, p := range pairs {
		if !written[p.name] {
			writeAttribute(&out, p)
		}
	}
	out.Write(s[end:])
	return out.Bytes()
}

// writeAttribute writes an attribute with its value escaped. Character
// references in the value stay references.
func writeAttribute(w *bytes.Buffer, p pair) {
	w.WriteString(" " + p.name + `="`)
	w.Write(util.EscapeHTML([]byte(html.UnescapeString(p.value))))
	w.WriteByte('"')
}
