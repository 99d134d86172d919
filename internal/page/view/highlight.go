package view

import (
	"fmt"
	"html"
	"html/template"
	"runtime"
	"strings"

	"github.com/alecthomas/chroma/v2"
	formatter "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
)

// transform is what views know as Hugo's namespace of that name.
type transform struct{}

// Highlight does what Hugo's transform.Highlight does with the options that
// the views give it, of which only these change something: classes instead of
// styles, the wrapper's class, no line numbers and no guessing.
func (transform) Highlight(text, language string, options map[string]any) (template.HTML, error) {
	var lexer chroma.Lexer
	if language != "" {
		lexer = lexers.Get(language)
	}
	var b strings.Builder
	if lexer == nil {
		b.WriteString(preStart(language, ""))
		b.WriteString(html.EscapeString(text))
		b.WriteString(preEnd)
		return template.HTML(b.String()), nil
	}
	return highlighted.of(code{text, language}, func() (template.HTML, error) {
		return colour(lexer, text, language, options["wrapperClass"])
	})
}

// colour runs the lexer.
func colour(lexer chroma.Lexer, text, language string, class any) (template.HTML, error) {
	highlighting <- struct{}{}
	defer func() { <-highlighting }()
	var b strings.Builder
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, text)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, `<div class="%s">`, class)
	f := formatter.New(formatter.WithClasses(true), formatter.WithPreWrapper(pre(language)))
	if err := f.Format(&b, noStyle, tokens); err != nil {
		return "", err
	}
	b.WriteString("</div>")
	return template.HTML(b.String()), nil
}

// highlighting lets as many files be highlighted at a time as there are processors.
// The lexers give an expression a quarter of a second, by the clock: of a thousand
// that take turns some would run out of it, and come out differently.
var highlighting = make(chan struct{}, runtime.GOMAXPROCS(0))

// noStyle is enough where the colours are the style sheet's.
var noStyle = chroma.MustNewStyle("none", nil)

// pre writes the elements around code as Hugo does, for the language it is.
type pre string

// Start implements the formatter's PreWrapper.
func (language pre) Start(code bool, attributes string) string {
	return preStart(string(language), attributes)
}

// End implements the formatter's PreWrapper.
func (pre) End(bool) string { return preEnd }

const preEnd = "</code></pre>"

func preStart(language, attributes string) string {
	var named string
	if language != "" {
		language = html.EscapeString(language)
		named = fmt.Sprintf(` class="language-%s" data-lang="%s"`, language, language)
	}
	return fmt.Sprintf(`<pre tabindex="0"%s><code%s>`, attributes, named)
}
