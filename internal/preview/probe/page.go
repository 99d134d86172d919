package probe

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
)

// part is a script or a style sheet that a page asks for.
type part struct{ kind, address string }

// page is what a browser would find in an app's page.
type page struct {
	parts []part
	// bokeh says that it is a page of Bokeh's; roots is how many its document
	// has, and token opens its session.
	bokeh bool
	roots int
	token string
}

var (
	comments   = regexp.MustCompile(`(?s)<!--.*?-->`)
	elements   = regexp.MustCompile(`(?is)<(script|link)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>`)
	attributes = regexp.MustCompile(`(?is)([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)`)
	items      = regexp.MustCompile(`render_items\s*=\s*`)
)

// readPage reads what a server of Bokeh's, Panel's or of another framework
// sends. It is no parser of HTML: what a script writes is not seen.
func readPage(text []byte) page {
	source := comments.ReplaceAllString(string(text), "")
	var p page
	for _, m := range elements.FindAllStringSubmatch(source, -1) {
		values := map[string]string{}
		for _, a := range attributes.FindAllStringSubmatch(m[2], -1) {
			values[strings.ToLower(a[1])] = html.UnescapeString(strings.Trim(a[2], `"'`))
		}
		switch {
		case strings.EqualFold(m[1], "script") && values["src"] != "":
			p.parts = append(p.parts, part{"Script", values["src"]})
		case strings.EqualFold(m[1], "link") && strings.Contains(strings.ToLower(values["rel"]), "stylesheet") && values["href"] != "":
			p.parts = append(p.parts, part{"Stylesheet", values["href"]})
		}
	}
	p.readItems(source)
	return p
}

// readItems reads what Bokeh's page has for its script: a list of what is to be
// drawn, with the session's token, from Bokeh 2.0 on.
func (p *page) readItems(source string) {
	at := items.FindStringIndex(source)
	if at == nil {
		return
	}
	p.bokeh = true
	var list []struct {
		Token string                     `json:"token"`
		Roots map[string]json.RawMessage `json:"roots"`
	}
	if json.NewDecoder(strings.NewReader(source[at[1]:])).Decode(&list) != nil {
		return
	}
	for _, item := range list {
		p.roots += len(item.Roots)
		p.token = item.Token
	}
}
