package kramdown

import (
	"github.com/yuin/goldmark/ast"
)

// figure is a paragraph that is one image whose attribute list says
// standalone.
type figure struct {
	ast.BaseBlock
	image *ast.Image
}

var kindFigure = ast.NewNodeKind("KramdownFigure")

func (*figure) Kind() ast.NodeKind              { return kindFigure }
func (f *figure) Dump(source []byte, level int) { ast.DumpHelper(f, source, level, nil, nil) }

// liftFigures makes figures of the paragraphs that are one standalone image.
// The image's class and id become the figure's, unless it has its own.
func liftFigures(images []*ast.Image) {
	for _, image := range images {
		p := image.Parent()
		if p.Kind() != ast.KindParagraph || p.ChildCount() != 1 {
			continue
		}
		f := &figure{image: image}
		f.SetBlankPreviousLines(p.HasBlankPreviousLines())
		for _, a := range p.Attributes() {
			f.SetAttribute(a.Name, a.Value)
		}
		rest := image.Attributes()
		image.RemoveAttributes()
		for _, a := range rest {
			_, taken := f.Attribute(a.Name)
			if name := string(a.Name); !taken && (name == "class" || name == "id") {
				f.SetAttribute(a.Name, a.Value)
			} else {
				image.SetAttribute(a.Name, a.Value)
			}
		}
		p.Parent().ReplaceChild(p.Parent(), p, f)
		f.AppendChild(f, image)
	}
}
