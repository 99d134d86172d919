package cli

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"time"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
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
	words, direction := view.WordsLanguage(lang), ""
	if view.IsRightToLeft(words) {
		direction = "rtl"
	}
	date := ""
	if !meta.Date.IsZero() {
		date = meta.Date.Format(time.DateOnly)
	}
	var buf bytes.Buffer
	err := pageTemplate.Execute(&buf, map[string]any{
		"Title": title, "Lang": lang, "Direction": direction, "Description": meta.Description,
		"Author": strings.Join(meta.Authors, ", "), "Date": date, "Tags": meta.Tags,
		"Style":  template.CSS(pageCSS + string(bokehbinder.Style())),
		"Script": template.JS(script(words)),
		"Body":   template.HTML(body),
	})
	return buf.Bytes(), err
}

// script is the script with its words, in the language of the embeds: beside a
// page of one file there is no other.
func script(language string) string {
	words := strings.TrimPrefix(string(bokehbinder.Words(language)), "export default ")
	return string(bokehbinder.Script()) + "words." + language + " = " + words
}
