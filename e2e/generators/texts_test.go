package generators

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// controls is what only our markup has, and no reader wants to read.
var controls = regexp.MustCompile(`<<< bokehbinder|bokehbinder [0-9a-f]{12}-|/bokehbinder--|data-bb|<bokeh-binder|&#\d+;|class="bb`)

// read reads what searches and feeds have of the posts.
func (s *site) read(t *testing.T) {
	t.Helper()
	for _, name := range s.texts {
		data, err := os.ReadFile(filepath.Join(s.dir, s.public, name))
		if err != nil {
			t.Error(err)
			continue
		}
		shown := s.shown(t, name, data)
		if !strings.Contains(shown, "Tides") {
			t.Errorf("%s has not the post's title:\n%s", name, shown)
		}
		if found := controls.FindString(shown); found != "" {
			t.Errorf("%s shows %q:\n%s", name, found, shown)
		}
	}
}

// visible is what a browser shows of HTML.
func visible(text string) string {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data + " ")
		}
	}
	return b.String()
}

// shown is what a file of a search or a feed shows: its texts, which are HTML.
func (s *site) shown(t *testing.T, name string, data []byte) string {
	t.Helper()
	var b strings.Builder
	switch filepath.Ext(name) {
	case ".json":
		var value any
		if err := json.Unmarshal(data, &value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for text := range texts(value) {
			b.WriteString(visible(text) + "\n")
		}
	case ".xml":
		for dec := xml.NewDecoder(bytes.NewReader(data)); ; {
			token, err := dec.Token()
			if text, ok := token.(xml.CharData); ok {
				b.WriteString(visible(string(text)) + "\n")
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
	case ".html":
		return visible(string(data))
	default:
		b.Write(data)
	}
	return b.String()
}

// texts are the strings of a JSON value.
func texts(value any) iter.Seq[string] {
	return func(yield func(string) bool) {
		switch v := value.(type) {
		case string:
			yield(v)
		case []any:
			for _, one := range v {
				texts(one)(yield)
			}
		case map[string]any:
			for _, one := range v {
				texts(one)(yield)
			}
		}
	}
}
