package kramdown

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/internal/post/codeblock"
)

// highlighting makes a function highlight code whose language is known, in the
// markup that Jekyll gives it. Any other code is left to the function.
func highlighting(f renderer.NodeRendererFunc) renderer.NodeRendererFunc {
	return func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		list := attributeList{pairs: pairsOf(n.Attributes())}
		language := list.takeLanguage()
		if fenced, ok := n.(*ast.FencedCodeBlock); ok && len(fenced.Language(source)) > 0 {
			language, _, _ = strings.Cut(unescape(fenced.Language(source)), "?")
		}
		if !codeblock.Has(language) {
			return f(w, source, n, entering)
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		list.set("class", "highlighter-rouge")
		if span, ok := n.(*ast.CodeSpan); ok {
			return ast.WalkSkipChildren, highlightSpan(w, codeText(span, source), language, list)
		}
		return ast.WalkSkipChildren, highlightBlock(w, n.Lines().Value(source), language, list)
	}
}

// highlightBlock writes a block of highlighted code. The attributes are those
// of the outermost element.
func highlightBlock(w util.BufWriter, code []byte, language string, list attributeList) error {
	class := html.EscapeString("language-" + language)
	_, _ = w.Write(mergeAttributes([]byte(`<div class="`+class+`">`), list.pairs))
	_, _ = w.WriteString(`<div class="highlight"><pre class="` + codeblock.PreClass + `"><code class="` + class + `">`)
	err := codeblock.Write(w, string(code), language, false)
	_, _ = w.WriteString("</code></pre></div></div>\n")
	return err
}

// highlightSpan writes highlighted code within text.
func highlightSpan(w util.BufWriter, code []byte, language string, list attributeList) error {
	class := html.EscapeString("language-" + language)
	_, _ = w.Write(mergeAttributes([]byte(`<code class="`+class+`">`), list.pairs))
	var out bytes.Buffer
	err := codeblock.Write(&out, string(bytes.ReplaceAll(code, []byte("\n"), []byte(" "))), language, false)
	_, _ = w.Write(bytes.TrimRight(out.Bytes(), "\n"))
	_, _ = w.WriteString("</code>")
	return err
}

// unescape returns text as a reader sees it.
func unescape(text []byte) string {
	return html.UnescapeString(string(util.UnescapePunctuations(text)))
}

var languageClass = regexp.MustCompile(`(?:^|\s)language-(\S+)`)

// takeLanguage takes the class that names a language out of the list.
func (l *attributeList) takeLanguage() (language string) {
	rest := attributeList{}
	for _, p := range l.pairs {
		if m := languageClass.FindStringSubmatchIndex(p.value); p.name == "class" && m != nil {
			language = p.value[m[2]:m[3]]
			p.value = strings.TrimSpace(p.value[:m[0]] + p.value[m[1]:])
			if p.value == "" {
				continue
			}
		}
		rest.pairs = append(rest.pairs, p)
	}
	*l = rest
	return language
}
