package kramdown

import (
	"bufio"
	"bytes"
	"html"
	"strconv"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// htmlRenderer writes kramdown's own nodes, and the attributes of all others.
//
// goldmark writes of a node's attributes those that HTML has for the element.
// kramdown writes all: an author who can write HTML can write them anyway. So
// goldmark's functions write the tag without attributes here, and these are put
// into it afterwards.
type htmlRenderer struct {
	standard map[ast.NodeKind]renderer.NodeRendererFunc
}

var _ renderer.NodeRenderer = &htmlRenderer{}

// capture collects goldmark's functions.
type capture map[ast.NodeKind]renderer.NodeRendererFunc

func (c capture) Register(kind ast.NodeKind, f renderer.NodeRendererFunc) { c[kind] = f }

func newHTMLRenderer() renderer.NodeRenderer {
	standard := capture{}
	for _, r := range []renderer.NodeRenderer{
		goldhtml.NewRenderer(goldhtml.WithUnsafe()),
		extension.NewTableHTMLRenderer(),
		extension.NewStrikethroughHTMLRenderer(),
		extension.NewDefinitionListHTMLRenderer(),
	} {
		r.RegisterFuncs(standard)
	}
	return &htmlRenderer{standard: standard}
}

func (r *htmlRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	for _, kind := range []ast.NodeKind{
		ast.KindParagraph, ast.KindHeading, ast.KindBlockquote, ast.KindList, ast.KindListItem,
		ast.KindThematicBreak, ast.KindHTMLBlock, ast.KindLink, ast.KindAutoLink, ast.KindImage,
		ast.KindEmphasis, ast.KindRawHTML, extast.KindTable, extast.KindStrikethrough,
		extast.KindDefinitionList, extast.KindDefinitionTerm, extast.KindDefinitionDescription,
	} {
		reg.Register(kind, withAttributes(r.standard[kind]))
	}
	for _, kind := range []ast.NodeKind{ast.KindCodeSpan, ast.KindCodeBlock, ast.KindFencedCodeBlock} {
		reg.Register(kind, highlighting(withAttributes(r.standard[kind])))
	}
	reg.Register(extast.KindTaskCheckBox, taskCheckBox)
	reg.Register(extast.KindFootnoteLink, footnoteLink)
	reg.Register(extast.KindFootnoteBacklink, footnoteBacklink)
	reg.Register(extast.KindFootnote, footnote)
	reg.Register(extast.KindFootnoteList, footnoteList)
	reg.Register(kindHTMLElement, element)
	reg.Register(kindExtensionBlock, extensionOf)
	reg.Register(kindAbbreviation, renderAbbreviation)
	reg.Register(KindMath, formula)
	reg.Register(KindMathBlock, formulaBlock)
	reg.Register(kindFigure, withAttributes(figureOf))
}

// withAttributes makes a function write the node's attributes into the start
// tag that it writes first.
func withAttributes(f renderer.NodeRendererFunc) renderer.NodeRendererFunc {
	return func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || len(n.Attributes()) == 0 {
			return f(w, source, n, entering)
		}
		attributes := n.Attributes()
		n.RemoveAttributes()
		var out bytes.Buffer
		buffered := bufio.NewWriter(&out)
		status, err := f(buffered, source, n, entering)
		for _, a := range attributes {
			n.SetAttribute(a.Name, a.Value)
		}
		if err == nil {
			err = buffered.Flush()
		}
		if err != nil {
			return status, err
		}
		start := max(bytes.IndexByte(out.Bytes(), '<'), 0)
		_, _ = w.Write(out.Bytes()[:start])
		_, err = w.Write(mergeAttributes(out.Bytes()[start:], pairsOf(attributes)))
		return status, err
	}
}

// pairsOf returns a node's attributes as an attribute list has them.
func pairsOf(attributes []ast.Attribute) (pairs []pair) {
	for _, a := range attributes {
		switch v := a.Value.(type) {
		case []byte:
			pairs = append(pairs, pair{string(a.Name), string(v)})
		case string:
			pairs = append(pairs, pair{string(a.Name), v})
		}
	}
	return pairs
}

func taskCheckBox(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<input type="checkbox" class="task-list-item-checkbox" disabled`)
		if n.(*extast.TaskCheckBox).IsChecked {
			_, _ = w.WriteString(` checked`)
		}
		_, _ = w.WriteString(`>`)
	}
	return ast.WalkContinue, nil
}

// reference is the id of a footnote's nth reference, without its beginning.
func reference(n ast.Node, index int) string {
	name, _ := attribute(n, footnoteName)
	if index > 0 {
		return string(name) + ":" + strconv.Itoa(index)
	}
	return string(name)
}

func footnoteLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*extast.FootnoteLink); entering {
		_, _ = w.WriteString(`<sup id="fnref:` + reference(n, n.RefIndex) + `" role="doc-noteref"><a href="#fn:` +
			reference(n, 0) + `" class="footnote" rel="footnote">` + strconv.Itoa(n.Index) + `</a></sup>`)
	}
	return ast.WalkContinue, nil
}

func footnoteBacklink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*extast.FootnoteBacklink); entering {
		if n.PreviousSibling() != nil {
			_, _ = w.WriteString("&#160;")
		}
		_, _ = w.WriteString(`<a href="#fnref:` + reference(n, n.RefIndex) +
			`" class="reversefootnote" role="doc-backlink">&#8617;`)
		if n.RefIndex > 0 {
			_, _ = w.WriteString(`<sup>` + strconv.Itoa(n.RefIndex+1) + `</sup>`)
		}
		_, _ = w.WriteString(`</a>`)
	}
	return ast.WalkContinue, nil
}

func footnote(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<li id="fn:` + reference(n, 0) + "\" role=\"doc-endnote\">\n")
	} else {
		_, _ = w.WriteString("</li>\n")
	}
	return ast.WalkContinue, nil
}

func footnoteList(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n")
	} else {
		_, _ = w.WriteString("</ol>\n</div>\n")
	}
	return ast.WalkContinue, nil
}

func element(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*htmlElement)
	if entering {
		_, _ = w.Write(mergeAttributes(n.tag, pairsOf(n.Attributes())))
		if !n.text {
			_ = w.WriteByte('\n')
		}
	} else {
		_, _ = w.WriteString("</" + n.name + ">\n")
	}
	return ast.WalkContinue, nil
}

func extensionOf(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*extensionBlock); entering {
		body := bytes.TrimSuffix(n.Lines().Value(source), []byte("\n"))
		if out := extensionHTML(n.name, n.list, body); len(out) > 0 {
			_, _ = w.Write(out)
			_ = w.WriteByte('\n')
		}
	}
	return ast.WalkContinue, nil
}

func formula(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`\(` + escapeFormula(n.(*math).value) + `\)`)
	}
	return ast.WalkContinue, nil
}

func formulaBlock(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	body := `\[` + escapeFormula(n.(*mathBlock).formula(source)) + `\]`
	if pairs := pairsOf(n.Attributes()); len(pairs) > 0 {
		_, _ = w.Write(mergeAttributes([]byte("<div>"), pairs))
		body += "</div>"
	}
	_, _ = w.WriteString(body + "\n")
	return ast.WalkContinue, nil
}

func escapeFormula(value []byte) string { return string(util.EscapeHTML(value)) }

func figureOf(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<figure>\n")
	} else {
		caption := plainText(node.(*figure).image, source)
		_, _ = w.WriteString("\n<figcaption>" + html.EscapeString(caption) + "</figcaption>\n</figure>\n")
	}
	return ast.WalkContinue, nil
}
