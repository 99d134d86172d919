package cli

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"time"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/internal/post"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
)

// makePage puts a post's HTML into a complete page that needs no other file:
// style and script are inside.
func makePage(meta *post.Meta, name string, body []byte) ([]byte, error) {
	title := meta.Title
	if title == "" {
		title = name
	}
	lang := meta.Lang
	if lang == "" {
		lang = "en"
	}
	date := ""
	if !meta.Date.IsZero() {
		date = meta.Date.Format(time.DateOnly)
	}
	var buf bytes.Buffer
	err := pageTemplate.Execute(&buf, map[string]any{
		"Title": title, "Lang": lang, "Description": meta.Description,
		"Author": strings.Join(meta.Authors, ", "), "Date": date, "Tags": meta.Tags,
		"Style":  template.CSS(pageCSS + string(bokehbinder.Style())),
		"Script": template.JS(bokehbinder.Script()),
		"Body":   template.HTML(body),
	})
	return buf.Bytes(), err
}
