package cli

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
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
	language, direction := view.WordsLanguage(lang), ""
	if view.IsRightToLeft(language) {
		direction = "rtl"
	}
	date := ""
	if !meta.Date.IsZero() {
		date = meta.Date.Format(time.DateOnly)
	}
	words, err := imports(language)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = pageTemplate.Execute(&buf, map[string]any{
		"Title": title, "Lang": lang, "Direction": direction, "Description": meta.Description,
		"Author": strings.Join(meta.Authors, ", "), "Date": date, "Tags": meta.Tags,
		"Style":  template.CSS(pageCSS + string(bokehbinder.Style())),
		"Script": template.JS(bokehbinder.Script()), "Words": words,
		"Body": template.HTML(body),
	})
	return buf.Bytes(), err
}

// imports is the import map that has the script find its words, in the language of
// the embeds: beside a page of one file there is no other.
func imports(language string) (template.HTML, error) {
	const module = "data:text/javascript;base64,"
	encoded, err := json.Marshal(map[string]any{"imports": map[string]string{
		"./" + bokehbinder.WordsName(language): module + base64.StdEncoding.EncodeToString(bokehbinder.Words(language)),
	}})
	return template.HTML(encoded), err // the template takes a map for text
}
