package markup

import (
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/element"
)

// leads are the attributes that hold a link, by their elements.
var leads = map[string]string{"a": "href", "area": "href", "iframe": "src"}

// htmlLinks reads HTML.
func htmlLinks(text string) []Link {
	var out []Link
	element.Each(text, func(name string, attributes []element.Attribute) {
		for _, a := range attributes {
			if a.End > 0 && a.Name == leads[name] {
				out = append(out, Link{strings.TrimSpace(a.Value), a.Start, a.End})
			}
		}
	})
	return out
}
