// Package rst makes goldmark read reStructuredText, as far as it takes to tell what is
// text in it, at which indentation, and what is not: code, comments, and what only
// directives know.
package rst

import (
	"bytes"
	"regexp"
	"sort"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/internal/post/inert"
	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// Markdown returns a goldmark that reads reStructuredText instead.
func Markdown(extra ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(util.Prioritized(blockParser{}, 100)),
			parser.WithInlineParsers(util.Prioritized(literalParser{}, 100)),
			parser.WithASTTransformers(util.Prioritized(unknowns{}, 100)),
		)),
		goldmark.WithExtensions(inert.Extension),
		goldmark.WithExtensions(extra...),
	)
}

// Runs returns the text of a document that is neither code nor comment, in its order.
func Runs(src []byte) []Run { return scan(string(src)).runs }

// Comments returns where comments begin, and other blocks with two dots that are no
// directives.
func Comments(src []byte) map[int]bool { return scan(string(src)).comments }

// Indented says whether the next line of a text that is not blank begins behind a column.
func Indented(src []byte, col int) bool {
	for _, l := range split(string(src)) {
		if !l.blank() {
			return l.indent > col
		}
	}
	return false
}

// At returns the run with an offset.
func At(runs []Run, offset int) (Run, bool) {
	i := sort.Search(len(runs), func(i int) bool { return runs[i].Stop > offset })
	if i < len(runs) && runs[i].Start <= offset {
		return runs[i], true
	}
	return Run{}, false
}

var scanned = parser.NewContextKey()

func scannedOf(source []byte, pc parser.Context) *scanner {
	return pc.ComputeIfAbsent(scanned, func() any { return scan(string(source)) }).(*scanner)
}

// blockParser makes a block of each run, and of the lines between runs.
type blockParser struct{}

// Trigger implements parser.BlockParser.
func (blockParser) Trigger() []byte { return nil }

// Open implements parser.BlockParser.
func (blockParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	_, segment := reader.PeekLine()
	run, found := runIn(scannedOf(reader.Source(), pc).runs, segment)
	if !found {
		reader.AdvanceToEOL()
		return &inert.Raw{}, parser.NoChildren
	}
	var n ast.Node = ast.NewTextBlock() // of paragraphs goldmark knows on its own where they end
	if run.Kind == Line {
		n = &inert.Line{}
	}
	segment.Start = max(segment.Start, run.Start)
	appendLine(n, reader, segment)
	return n, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (blockParser) Continue(n ast.Node, reader text.Reader, pc parser.Context) parser.State {
	_, segment := reader.PeekLine()
	run, found := runIn(scannedOf(reader.Source(), pc).runs, segment)
	if n.IsRaw() || !found || run.Start >= segment.Start {
		return parser.Close
	}
	appendLine(n, reader, segment)
	return parser.Continue | parser.NoChildren
}

func appendLine(n ast.Node, reader text.Reader, segment text.Segment) {
	segment.Padding = 0
	n.Lines().Append(segment.TrimLeftSpace(reader.Source()))
	reader.AdvanceToEOL()
}

// runIn returns the run that a line has a part of.
func runIn(runs []Run, segment text.Segment) (Run, bool) {
	i := sort.Search(len(runs), func(i int) bool { return runs[i].Stop > segment.Start })
	if i < len(runs) && runs[i].Start < segment.Stop {
		return runs[i], true
	}
	return Run{}, false
}

// Close implements parser.BlockParser.
func (blockParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (blockParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (blockParser) CanAcceptIndentedLine() bool { return true }

// literalParser finds text between backquotes: code, or what a role knows.
type literalParser struct{}

var literal = regexp.MustCompile("^(?:``[^\\s](?s:.*?)``|`[^`\\s][^`]*`)")

// opensMarkup are the marks behind which markup may begin, beside spaces.
const opensMarkup = "-:/'\"<([{"

// Trigger implements parser.InlineParser.
func (literalParser) Trigger() []byte { return []byte{'`'} }

// Parse implements parser.InlineParser.
func (literalParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	if before := block.PrecendingCharacter(); !unicode.IsSpace(before) && !strings.ContainsRune(opensMarkup, before) && before <= unicode.MaxASCII {
		return nil
	}
	number, segment := block.Position()
	var rest []byte
	for line, _ := block.PeekLine(); line != nil; line, _ = block.PeekLine() {
		rest = append(rest, line...)
		block.AdvanceLine()
	}
	block.SetPosition(number, segment)
	if m := literal.Find(rest); m != nil {
		block.Advance(len(m))
		return &inert.Code{}
	}
	block.Advance(len(rest) - len(bytes.TrimLeft(rest, "`")))
	return &inert.Code{}
}

// unknowns tells of tags in directives that are not known.
type unknowns struct{}

var tagOpens = regexp.MustCompile(`<<< bokehbinder\s`)

// Transform implements parser.ASTTransformer.
func (unknowns) Transform(_ *ast.Document, reader text.Reader, pc parser.Context) {
	source := reader.Source()
	for _, u := range scannedOf(source, pc).unknowns {
		for _, m := range tagOpens.FindAllIndex(source[u.Start:u.Stop], -1) {
			remark.Add(pc, u.Start+m[0], "this tag stays text, since it is not known whether the content of the directive %s is reStructuredText", u.Name)
		}
	}
}
