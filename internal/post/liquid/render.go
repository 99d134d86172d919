package liquid

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/internal/post/codeblock"
)

// nodeRenderer writes the nodes of this package.
type nodeRenderer struct{}

var _ renderer.NodeRenderer = nodeRenderer{}

func (nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindHighlight, renderHighlight)
	reg.Register(kindValue, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(html.EscapeString(n.(*value).text))
		}
		return ast.WalkContinue, nil
	})
	reg.Register(kindNothing, func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
		return ast.WalkSkipChildren, nil
	})
}

// renderHighlight writes code in the markup that Jekyll gives it.
func renderHighlight(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*highlight)
	var out bytes.Buffer
	if err := codeblock.Write(&out, string(n.code), n.language, n.lineNumbers); err != nil {
		return ast.WalkStop, err
	}
	language := html.EscapeString(n.language)
	_, _ = w.WriteString(`<figure class="highlight"><pre class="` + codeblock.PreClass + `"><code class="language-` +
		strings.ReplaceAll(language, "+", "-") + `" data-lang="` + language + `">`)
	_, _ = w.Write(bytes.TrimRight(out.Bytes(), "\n"))
	_, _ = w.WriteString("</code></pre></figure>\n")
	return ast.WalkContinue, nil
}
