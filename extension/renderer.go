package extension

import (
	"fmt"
	"io"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/internal/view"
)

// nodeRenderer renders tags with the views.
type nodeRenderer struct{ *Extender }

// RegisterFuncs implements renderer.NodeRenderer. Only a strict extender looks
// at the document as such, so that it can fail before anything is written.
func (r *nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(KindBlock, r.renderBlock)
	reg.Register(KindInline, r.renderInline)
	if r.Strict {
		reg.Register(ast.KindDocument, failDocument)
	}
}

func failDocument(_ util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if doc, ok := n.(*ast.Document); ok && entering {
		if err, ok := doc.Meta()[fatalKey].(error); ok {
			return ast.WalkStop, err
		}
	}
	return ast.WalkContinue, nil
}

func (r *nodeRenderer) renderBlock(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	block, ok := n.(*Block)
	if !ok {
		return ast.WalkStop, fmt.Errorf("unexpected node %T, want %T", n, block)
	}
	if !entering {
		return ast.WalkContinue, nil
	}
	t := block.Tag
	if t.card == nil {
		return ast.WalkContinue, r.problem(w, t)
	}
	if err := view.Embed(w, t.card, t.args, r.settings(), t.id); err != nil {
		return ast.WalkStop, err
	}
	_, err := io.WriteString(w, "\n")
	return ast.WalkContinue, err
}

func (r *nodeRenderer) renderInline(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	inline, ok := n.(*Inline)
	if !ok {
		return ast.WalkStop, fmt.Errorf("unexpected node %T, want %T", n, inline)
	}
	if !entering {
		return ast.WalkContinue, nil
	}
	t := inline.Tag
	if t.card == nil {
		return ast.WalkContinue, r.problem(w, t)
	}
	show := view.Launch
	if inLink(n) {
		show = view.Name
	}
	return ast.WalkContinue, show(w, t.card, t.args, r.settings())
}

// inLink says whether a node is part of a link's text.
func inLink(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

// problem shows in a tag's place what is wrong with it.
func (r *nodeRenderer) problem(w util.BufWriter, t *Tag) error {
	var messages, hints []string
	for _, e := range t.Errors() {
		messages = append(messages, e.Message)
		if e.Hint != "" {
			hints = append(hints, e.Hint)
		}
	}
	if len(messages) == 0 {
		messages = []string{"its repository was not read, because the document was not parsed with this extension"}
	}
	err := view.Problem(w, t.args, r.settings(), strings.Join(messages, "; "), strings.Join(hints, "; "), t.Inline)
	if err == nil && !t.Inline {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

func (r *nodeRenderer) settings() view.Settings {
	return view.Settings{Hub: r.Hub, PreviewHub: r.PreviewHub, Height: r.Height, Show: r.Show, Language: r.Language, AssetsURL: r.AssetsURL}
}
