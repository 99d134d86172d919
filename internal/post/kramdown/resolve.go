package kramdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// resolver gives attribute lists to the elements that they are of, when the
// whole document has been read, and takes the marks out of the tree.
type resolver struct{}

var _ parser.ASTTransformer = resolver{}

// resolution is the work on one document.
type resolution struct {
	*state
	pc     parser.Context
	source []byte
	// toc is the list in whose place the table of contents belongs.
	toc *ast.List
	// standalone are the images that want to be figures.
	standalone []*ast.Image
}

// found are the nodes of a document that there is something to do for.
type found struct {
	marks    []*mark
	spans    []*spanMark
	links    []ast.Node
	headings []*ast.Heading
	boxes    []*extast.TaskCheckBox
}

func find(doc ast.Node) (f found) {
	each(doc, func(n ast.Node) {
		switch n := n.(type) {
		case *mark:
			f.marks = append(f.marks, n)
		case *spanMark:
			f.spans = append(f.spans, n)
		case *ast.Link, *ast.Image:
			f.links = append(f.links, n)
		case *ast.Heading:
			f.headings = append(f.headings, n)
		case *extast.TaskCheckBox:
			f.boxes = append(f.boxes, n)
		}
	})
	return f
}

func (resolver) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	r := &resolution{state: stateOf(pc), pc: pc, source: reader.Source()}
	nodes := find(doc)
	findNeighbours(nodes.marks)
	for _, m := range nodes.marks {
		r.resolveBlock(m)
	}
	for _, m := range nodes.marks {
		m.Parent().RemoveChild(m.Parent(), m)
	}
	for _, link := range nodes.links {
		r.resolveReference(link)
	}
	for _, m := range nodes.spans {
		r.resolveSpan(m)
	}
	for _, box := range nodes.boxes {
		markTaskList(box)
	}
	r.setHeadingIDs(nodes.headings)
	if r.toc != nil {
		replaceByTOC(r.toc, nodes.headings)
	}
	liftFigures(r.standalone)
	r.markAbbreviations(doc)
}

// each calls f for every node below root, in the document's order.
func each(root ast.Node, f func(ast.Node)) {
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			f(n)
		}
		return ast.WalkContinue, nil
	})
}

// flatten puts what a list refers to before what it says itself.
func (r *resolution) flatten(list attributeList, offset int) (flat attributeList) {
	seen := map[string]bool{}
	var visit func(list attributeList)
	visit = func(list attributeList) {
		for _, ref := range list.refs {
			named, ok := r.definitions[ref]
			if ok && !seen[ref] {
				seen[ref] = true
				visit(named)
			}
			if !ok && ref != "toc" && ref != "standalone" {
				remark.Add(r.pc, offset, "no attribute list is named %s", ref)
			}
		}
		flat.add(attributeList{pairs: list.pairs})
	}
	visit(list)
	return flat
}

func (r *resolution) resolveBlock(m *mark) {
	if m.role == markDefinition || m.role == markBoundary || m.lost {
		return
	}
	owner := m.Parent()
	if m.role == markBlock {
		owner = m.owner()
	}
	list := r.flatten(m.list, m.Pos())
	switch n := owner.(type) {
	case nil:
		remark.Add(r.pc, m.Pos(), "attribute list applies to nothing: no block is beside it")
		return
	case *ast.TextBlock:
		remark.Add(r.pc, m.Pos(), "attribute list applies to nothing: the text of a list item without blank lines is no paragraph")
		return
	case *ast.LinkReferenceDefinition:
		label := util.ToLinkReference(n.Label)
		all := r.references[label]
		all.add(list)
		r.references[label] = all
		return
	case *ast.HTMLBlock:
		if _, ok := parseStartTag(htmlStart(n, r.source)); !ok {
			remark.Add(r.pc, m.Pos(), "attribute list applies to nothing: the HTML beside it begins with no start tag")
			return
		}
	case *ast.List:
		if m.list.has("toc") && r.toc == nil {
			r.toc = n
		}
	}
	list.apply(owner)
}

// owner returns the block that a list of attributes is of: the one directly
// before, else the one after. It returns nil if there is none.
func (m *mark) owner() ast.Node {
	if m.before != nil {
		return m.before
	}
	if m.PreviousSibling() == nil && m.beforeBlank {
		return nil // kramdown drops what a document begins with and a blank line ends
	}
	return m.after
}

// blankLine is a block of another extension that a blank line follows, or that
// is one.
type blankLine interface{ IsBlankLine() bool }

// findNeighbours finds the blocks before and after the marks, which are in the
// document's order.
func findNeighbours(marks []*mark) {
	for _, m := range marks {
		m.before = blockBefore(m)
	}
	for _, m := range slices.Backward(marks) {
		m.after = m.NextSibling()
		for m.after != nil {
			if next, ok := m.after.(*mark); ok {
				m.after = next.after
				break
			}
			if blank, ok := m.after.(blankLine); !ok || !blank.IsBlankLine() {
				break
			}
			m.after = m.after.NextSibling()
		}
	}
}

// blockBefore returns the block that ends on the line before a list, or before
// the lists before it, which know it already.
func blockBefore(m *mark) ast.Node {
	if m.role != markBlock || m.afterBlank {
		return nil
	}
	switch before := m.PreviousSibling().(type) {
	case nil, blankLine:
		return nil
	case *mark:
		return before.before
	case *extensionBlock:
		if before.name == "options" {
			return nil
		}
		return before
	default:
		return before
	}
}

// htmlStart returns an HTML block from its first tag on.
func htmlStart(n *ast.HTMLBlock, source []byte) []byte {
	if n.Lines().Len() == 0 {
		return nil
	}
	start := n.Lines().At(0).Start
	end := n.Lines().At(n.Lines().Len() - 1).Stop
	return bytes.TrimLeft(source[start:end], " \t")
}

// resolveReference gives a link by reference the attributes that stand below
// the reference's definition.
func (r *resolution) resolveReference(n ast.Node) {
	var ref *ast.ReferenceLink
	switch n := n.(type) {
	case *ast.Link:
		ref = n.Reference
	case *ast.Image:
		ref = n.Reference
	}
	if ref == nil {
		return
	}
	list := r.references[util.ToLinkReference(ref.Value)]
	list.apply(n)
}

// resolveSpan gives the element before a list its attributes, or puts the list
// back as text if there is none.
func (r *resolution) resolveSpan(m *spanMark) {
	defer func() { m.Parent().RemoveChild(m.Parent(), m) }()
	owner := r.spanOwner(m)
	if owner == nil {
		literal := ast.NewString(m.literal.Value(r.source))
		literal.SetRaw(true)
		m.Parent().InsertBefore(m.Parent(), m, literal)
		remark.Add(r.pc, m.Pos(),
			"attribute list %s follows no link, image, code or emphasis: it stays as text", m.literal.Value(r.source))
		return
	}
	list := r.flatten(m.list, m.Pos())
	list.apply(owner)
	if image, ok := owner.(*ast.Image); ok && m.list.has("standalone") {
		r.standalone = append(r.standalone, image)
	}
}

func (r *resolution) spanOwner(m *spanMark) ast.Node {
	if m.item {
		if m.Parent().Kind() == ast.KindParagraph || m.Parent().Kind() == ast.KindTextBlock {
			return m.Parent().Parent()
		}
		return m.Parent()
	}
	before := m.PreviousSibling()
	for before != nil && before.Kind() == kindSpanMark {
		before = before.PreviousSibling()
	}
	switch n := before.(type) {
	case nil, *ast.Text, *ast.String:
		return nil
	case *ast.RawHTML:
		return r.rawOwner(n)
	}
	return before
}

// rawOwner returns the start tag of the element that ends with a tag within
// text, or nil.
func (r *resolution) rawOwner(last *ast.RawHTML) ast.Node {
	value := bytes.ToLower(last.Segments.Value(r.source))
	if tag, ok := parseStartTag(value); ok {
		if tag.closed || emptyElements[tag.name] || isWhole(value) {
			return last
		}
		return nil
	}
	end := anyTag.FindSubmatch(value)
	if end == nil {
		return nil
	}
	depth := 1
	for n := last.PreviousSibling(); n != nil; n = n.PreviousSibling() {
		raw, ok := n.(*ast.RawHTML)
		if !ok {
			continue
		}
		value := raw.Segments.Value(r.source)
		if tag, ok := parseStartTag(value); ok && tag.name == string(end[1]) {
			if depth--; depth == 0 {
				return raw
			}
		} else if strings.HasPrefix(strings.ToLower(string(value)), "</"+string(end[1])) {
			depth++
		}
	}
	return nil
}
