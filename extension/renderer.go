package extension

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/budget"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

// nodeRenderer renders tags with the views.
type nodeRenderer struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (r *nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(KindBlock, r.renderBlock)
	reg.Register(KindInline, r.renderInline)
	reg.Register(kindFatal, r.renderFatal)
}

// fatal is the first node of a document that cannot be converted. Rendering fails at
// it, before anything is written.
type fatal struct {
	ast.BaseBlock
	err error
}

var kindFatal = ast.NewNodeKind("BokehbinderFatal")

// Kind implements ast.Node.
func (n *fatal) Kind() ast.NodeKind { return kindFatal }

// Dump implements ast.Node.
func (n *fatal) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Error": n.err.Error()}, nil)
}

func (r *nodeRenderer) renderFatal(_ util.BufWriter, _ []byte, n ast.Node, _ bool) (ast.WalkStatus, error) {
	f, ok := n.(*fatal)
	if !ok {
		return ast.WalkStop, fmt.Errorf("unexpected node %T, want %T", n, f)
	}
	return ast.WalkStop, f.err
}

func (r *nodeRenderer) renderBlock(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	block, ok := n.(*Block)
	if !ok {
		return ast.WalkStop, fmt.Errorf("unexpected node %T, want %T", n, block)
	}
	if !entering {
		return ast.WalkContinue, nil
	}
	return draw(w, block.Tag, func(t *Tag, b io.Writer) error {
		show := func() error { return view.Embed(b, t.card, t.args, t.doc.settings, t.id) }
		if t.doc.mode == ModeFeed {
			show = func() error { return view.Feed(b, t.card, t.args, t.doc.settings) }
		}
		if err := show(); err != nil {
			return err
		}
		_, err := io.WriteString(b, "\n")
		return err
	})
}

func (r *nodeRenderer) renderInline(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	inline, ok := n.(*Inline)
	if !ok {
		return ast.WalkStop, fmt.Errorf("unexpected node %T, want %T", n, inline)
	}
	if !entering {
		return ast.WalkContinue, nil
	}
	show := view.Launch
	if inLink(n) {
		show = view.Name
	}
	return draw(w, inline.Tag, func(t *Tag, b io.Writer) error { return show(b, t.card, t.args, t.doc.settings) })
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

// draw writes a tag's HTML, which is made and paid for once, however often the
// document is rendered.
func draw(w util.BufWriter, t *Tag, show func(*Tag, io.Writer) error) (ast.WalkStatus, error) {
	t.drawing.Do(func() { t.html, t.problem = t.draw(show) })
	if t.problem != nil {
		return ast.WalkStop, t.problem
	}
	_, err := w.Write(t.html)
	return ast.WalkContinue, err
}

// draw makes a tag's HTML: what show writes, a box with what is wrong, or nothing
// where another box has said it already.
func (t *Tag) draw(show func(*Tag, io.Writer) error) ([]byte, error) {
	var b bytes.Buffer
	if t.silent {
		return nil, nil
	}
	if t.card == nil {
		err := t.box(&b, t.Errors())
		t.settle(&b)
		return b.Bytes(), err
	}
	over := t.overLimit()
	if over == nil {
		stop := t.doc.time.Run()
		err := show(t, &b)
		t.settle(&b)
		stop()
		if err != nil {
			return nil, err
		}
		over = t.doc.budget.Draw(budget.HTML, b.Len())
	}
	if over == nil {
		return b.Bytes(), nil
	}
	if t.doc.strict {
		return nil, t.repositoryError(over)
	}
	b.Reset()
	if t.doc.saidOver.Swap(true) {
		return nil, nil
	}
	err := t.box(&b, []*Error{t.repositoryError(over)})
	t.settle(&b)
	return b.Bytes(), err
}

// settle gives a tag's HTML the form that its reader leaves alone.
func (t *Tag) settle(b *bytes.Buffer) {
	if t.doc == nil || t.doc.form == form.HTML {
		return
	}
	html := b.String()
	b.Reset()
	if t.Inline {
		b.WriteString(t.doc.form.Inline(html))
	} else {
		b.WriteString(t.doc.form.Block(html) + "\n")
	}
}

// overLimit says that a tag need not be drawn, since there is no time left, or the
// text alone is more than may be written yet.
func (t *Tag) overLimit() error {
	if t.doc.time.Left() <= 0 {
		return &card.Error{Reason: card.ReasonTimeout, Message: fmt.Sprintf("the document takes longer than %v", t.doc.limit), Hint: "show less in one document"}
	}
	text := 0
	if slices.Contains(view.Parts(t.args, t.doc.settings), "files") && !t.Inline && t.doc.mode != ModeFeed {
		for _, f := range t.card.Files {
			if f.Role != card.RoleExtra {
				text += len(f.Text)
			}
		}
		for _, item := range t.args.Files {
			if p := piece.Of(t.card, item); p != nil {
				text += len(p.Text)
			}
		}
	}
	if !t.doc.budget.Has(budget.HTML, text) {
		return t.doc.budget.Draw(budget.HTML, text)
	}
	return nil
}

// mostErrors is how many errors of one tag a box shows. A tag may have as many as
// its author can type.
const mostErrors = 5

// box writes in a tag's place what is wrong with it.
func (t *Tag) box(w io.Writer, errs []*Error) error {
	var messages, hints []string
	for i, e := range errs {
		if i == mostErrors {
			messages = append(messages, fmt.Sprintf("and %d more", len(errs)-i))
			break
		}
		messages = append(messages, e.Message)
		if e.Hint != "" && !slices.Contains(hints, e.Hint) {
			hints = append(hints, e.Hint)
		}
	}
	var settings view.Settings
	if t.doc != nil {
		settings = t.doc.settings
	} else {
		messages = append(messages, "its repository was not read, because the document was not parsed with this extension")
	}
	err := view.Problem(w, t.args, settings, strings.Join(messages, "; "), strings.Join(hints, "; "), t.Inline)
	if err == nil && !t.Inline {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

// defaultHub is the hub of tags that name none, where nobody else does.
func defaultHub() string { return tag.Default("hub") }
