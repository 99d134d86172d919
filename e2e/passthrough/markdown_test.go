// Package passthrough holds the goldmark extension against Hugo's passthrough
// extension: the same documents, the same tags, the same HTML around them.
package passthrough

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/gohugoio/hugo-goldmark-extensions/passthrough"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	gmextension "github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// result is what became of a document.
type result struct {
	tags string // a line for each tag: "block" or "inline", and its inner text
	html string // with each of those lines, in brackets, in the tag's place
}

// engine converts documents with one of the two extensions.
type engine struct {
	md   goldmark.Markdown
	tags *bytes.Buffer
}

func newEngine(kinds []ast.NodeKind, extensions ...goldmark.Extender) *engine {
	e := &engine{tags: new(bytes.Buffer)}
	e.md = goldmark.New(
		goldmark.WithExtensions(gmextension.GFM, gmextension.Footnote, gmextension.DefinitionList),
		goldmark.WithExtensions(extensions...),
		goldmark.WithParserOptions(parser.WithAttribute(), parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe(), renderer.WithNodeRenderers(util.Prioritized(&marker{e.tags, kinds}, 1))),
	)
	return e
}

// ours finds tags with the extension's parser and transformer, beside other
// extensions.
func ours(others ...goldmark.Extender) *engine {
	return newEngine([]ast.NodeKind{extension.KindBlock, extension.KindInline}, append(others, finder{})...)
}

// hugos finds them as Hugo does.
func hugos(others ...goldmark.Extender) *engine {
	delimiters := []passthrough.Delimiters{{Open: tag.Open, Close: tag.Close}}
	return newEngine([]ast.NodeKind{passthrough.KindPassthroughBlock, passthrough.KindPassthroughInline},
		append(others, passthrough.New(passthrough.Config{BlockDelimiters: delimiters}))...)
}

func (e *engine) convert(t interface{ Fatal(...any) }, document string) result {
	e.tags.Reset()
	var out bytes.Buffer
	if err := e.md.Convert([]byte(document), &out); err != nil {
		t.Fatal(err)
	}
	return result{e.tags.String(), out.String()}
}

// finder installs what finds tags, without what reads repositories.
type finder struct{}

func (finder) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(&extension.Parser{}, extension.ParserPriority)),
		parser.WithASTTransformers(util.Prioritized(&extension.Transformer{}, extension.TransformerPriority)),
	)
}

// marker renders each tag as a line that tells it.
type marker struct {
	tags  *bytes.Buffer
	kinds []ast.NodeKind
}

func (m *marker) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	for _, kind := range m.kinds {
		reg.Register(kind, m.render)
	}
}

func (m *marker) render(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	kind, whole := "block", ""
	switch n := node.(type) {
	case *extension.Block:
		whole = string(n.Lines().Value(source))
	case *extension.Inline:
		kind, whole = "inline", string(n.Tag.Segment.Value(source))
	case *passthrough.PassthroughBlock:
		whole = string(n.Lines().Value(source))
	case *passthrough.PassthroughInline:
		kind, whole = "inline", string(n.Segment.Value(source))
	default:
		return ast.WalkStop, fmt.Errorf("unexpected node %T", node)
	}
	line := fmt.Sprintf("%s %q", kind, whole[len(tag.Open):len(whole)-len(tag.Close)])
	fmt.Fprintln(m.tags, line)
	fmt.Fprintf(w, "[[%s]]", line)
	return ast.WalkSkipChildren, nil
}

// TestMarkerTellsTagsApart proves that the comparison can fail.
func TestMarkerTellsTagsApart(t *testing.T) {
	for name, e := range map[string]*engine{"ours": ours(), "hugo's": hugos()} {
		got := e.convert(t, "a <<< bokehbinder x >>>\n\n# <<< bokehbinder y >>>\n")
		if got.tags != "block \" x \"\ninline \" y \"\n" {
			t.Errorf("%s: tags are %s", name, got.tags)
		}
		if want := "<p>a </p>\n[[block \" x \"]]<h1 id=\"-bokehbinder-y-\">[[inline \" y \"]]</h1>\n"; got.html != want {
			t.Errorf("%s: HTML is %s", name, got.html)
		}
	}
}
