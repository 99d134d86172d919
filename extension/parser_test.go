package extension_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	gmextension "github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/extension"
)

// parserOnly installs what finds tags, without what reads repositories, and
// shows each tag as its kind and its repository.
type parserOnly struct{}

func (parserOnly) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(&extension.Parser{}, extension.ParserPriority)),
		parser.WithASTTransformers(util.Prioritized(&extension.Transformer{}, extension.TransformerPriority)),
	)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(parserOnly{}, 100)))
}

func (parserOnly) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(extension.KindBlock, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			fmt.Fprintf(w, "[block %s]\n", n.(*extension.Block).Tag.Arg("repo"))
		}
		return ast.WalkContinue, nil
	})
	reg.Register(extension.KindInline, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			fmt.Fprintf(w, "[inline %s]", n.(*extension.Inline).Tag.Arg("repo"))
		}
		return ast.WalkContinue, nil
	})
}

// full returns a converter with what documents may use beside tags.
func full(extensions ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(gmextension.GFM, gmextension.Footnote, gmextension.DefinitionList, gmextension.Typographer),
		goldmark.WithExtensions(extensions...),
		goldmark.WithParserOptions(parser.WithAttribute(), parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
}

func convert(t interface{ Fatal(...any) }, md goldmark.Markdown, source string, opts ...parser.ParseOption) string {
	var out bytes.Buffer
	if err := md.Convert([]byte(source), &out, opts...); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBlockAndInline(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"alone", "<<< bokehbinder repo=o/n >>>\n", "[block o/n]\n"},
		{"within a paragraph", "a <<< bokehbinder repo=o/n >>> z\n", "<p>a </p>\n[block o/n]\n<p> z</p>\n"},
		{"two", "<<< bokehbinder repo=o/a >>> m <<< bokehbinder repo=o/b >>>\n", "[block o/a]\n<p> m </p>\n[block o/b]\n"},
		{"over lines", "a\n<<< bokehbinder\nrepo=o/n >>>\nz\n", "<p>a\n</p>\n[block o/n]\n<p>\nz</p>\n"},
		{"tight list", "- a <<< bokehbinder repo=o/n >>> z\n", "<ul>\n<li>a\n[block o/n]\nz</li>\n</ul>\n"},
		{"quote", "> <<< bokehbinder\n> repo=o/n >>>\n", "<blockquote>\n[block o/n]\n</blockquote>\n"},
		{"heading", "# a <<< bokehbinder repo=o/n >>> {#a}\n", "<h1 id=\"a\">a [inline o/n]</h1>\n"},
		{"link", "[<<< bokehbinder repo=o/n >>>](/x)\n", "<p><a href=\"/x\">[inline o/n]</a></p>\n"},
		{"emphasis and directly", "*<<< bokehbinder repo=o/a >>>* <<< bokehbinder repo=o/b >>>\n",
			"<p><em>[inline o/a]</em> </p>\n[block o/b]\n"},
		{"table", "|a|\n|-|\n|<<< bokehbinder repo=o/n >>>|\n",
			"<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>[inline o/n]</td>\n</tr>\n</tbody>\n</table>\n"},
		{"wrong", "a <<< bokehbinder ref=x >>>\n", "<p>a </p>\n[block ]\n"},
	}
	md := full(parserOnly{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := convert(t, md, tt.source); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

// TestUntouched has documents without a tag, which come out as if the
// extension were not there.
func TestUntouched(t *testing.T) {
	with, without := full(parserOnly{}), full()
	for _, source := range []string{
		"plain *text*", "a < b, a << b, a <<< b >>> c", "`<<< bokehbinder repo=o/n >>>`", "```\n<<< bokehbinder repo=o/n >>>\n```",
		"    <<< bokehbinder repo=o/n >>>", "<div>\n<<< bokehbinder repo=o/n >>>\n</div>", "<!-- <<< bokehbinder repo=o/n >>> -->",
		"a <b title=\"<<< bokehbinder repo=o/n >>>\">b</b>", "[a](/x \"<<< bokehbinder repo=o/n >>>\")",
		"<<<bokehbinder repo=o/n >>>", "<<<  bokehbinder repo=o/n >>>", "<<< bokehbinders repo=o/n >>>", "<<< bokehbinder>>>", "<<< bokehbinder",
		"<<< bokehbinder repo=o/n", "<<< bokehbinder repo=o/n\n\n>>>", "> <<< bokehbinder repo=o/n\n> >>>", "<<< bokehbinder\\\nrepo=o/n >>>",
		`\<<< bokehbinder repo=o/n >>>`, `\\<<< bokehbinder repo=o/n >>>`, `\\\<<< bokehbinder repo=o/n >>>`,
		"<<< bokehbinder@example.com >>>", "kernel<<<grid, block>>>(x);", "# <<< bokehbinder {#id .c}",
		"|<<< bokehbinder repo=o/n|\n|-|\n|>>>|", "[^1]\n\n[^1]: <<< bokehbinder", "<<< bokehbinder **a** `b` <https://example.com> [c](/d)  \nz",
	} {
		if got, want := convert(t, with, source), convert(t, without, source); got != want {
			t.Errorf("%q: got\n%swant\n%s", source, got, want)
		}
	}
}

func TestTags(t *testing.T) {
	const source = "# A <<< bokehbinder repo=o/a ref=v1 files=x,y >>>\n" +
		"\n" +
		"[^1] é <<< bokehbinder\n" +
		"repo=o/b\n" +
		"  colour=red >>> and <<< bokehbinder repo=o/c height=1 zzz >>>\n" +
		"\n" +
		"[^1]: <<< bokehbinder repo=o/d >>>\n" +
		"\n" +
		"> - <<< bokehbinder\n" +
		">   repo=o/e\n" +
		">   app=\"my app\" >>>\n"
	want := `post.md:5:5 inline "repo=o/a ref=v1 files=[x y] app=" <nil>
post.md:7:9 block "repo= ref= files=[] app=" post.md:9:3: colour: is not an argument of the tag
post.md:9:22 block "repo= ref= files=[] app=" post.md:9:47: height: "1" is out of range
post.md:9:56: "zzz" is not a key=value pair
post.md:11:7 block "repo=o/d ref= files=[] app=" <nil>
post.md:13:5 block "repo=o/e ref= files=[] app=my app" <nil>
`
	pc := parser.NewContext()
	extension.SetOrigin(pc, extension.Origin{File: "post.md", Line: 5})
	convert(t, full(parserOnly{}), source, parser.WithContext(pc))
	var got strings.Builder
	for _, tag := range extension.Tags(pc) {
		kind := "block"
		if tag.Inline {
			kind = "inline"
		}
		req := tag.Request()
		fmt.Fprintf(&got, "%v %s \"repo=%s ref=%s files=%v app=%s\" %v\n", tag.Position, kind, req.Repo, req.Ref, req.Files, tag.Arg("app"), tag.Err())
		if whole := string(tag.Segment.Value([]byte(source))); !strings.HasPrefix(whole, "<<< bokehbinder") || !strings.HasSuffix(whole, ">>>") {
			t.Errorf("%v: the segment is %q", tag.Position, whole)
		}
		if tag.Position.Offset != tag.Segment.Start {
			t.Errorf("%v: offset %d, but the segment starts at %d", tag.Position, tag.Position.Offset, tag.Segment.Start)
		}
	}
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

func TestTagsWithoutOrigin(t *testing.T) {
	md := full(parserOnly{})
	pc := parser.NewContext()
	if tags := extension.Tags(pc); tags != nil {
		t.Errorf("tags before parsing: %v", tags)
	}
	convert(t, md, "x\n\n<<< bokehbinder repo=o/n >>>", parser.WithContext(pc))
	tags := extension.Tags(pc)
	if len(tags) != 1 || tags[0].Position.String() != "3:1" {
		t.Errorf("tags are %v", tags)
	}
	// A context can serve for another document.
	convert(t, md, "none", parser.WithContext(pc))
	if tags := extension.Tags(pc); len(tags) != 0 {
		t.Errorf("a document without tags has %v", tags)
	}
}

// attributed gives every paragraph a class, as extensions do that read
// attribute lists behind paragraphs.
type attributed struct{}

func (attributed) Transform(p *ast.Paragraph, _ text.Reader, _ parser.Context) {
	p.SetAttributeString("class", []byte("c"))
}

func TestParagraphKeepsItsAttributes(t *testing.T) {
	md := full(parserOnly{})
	md.Parser().AddOptions(parser.WithParagraphTransformers(util.Prioritized(attributed{}, 1)))
	got := convert(t, md, "a <<< bokehbinder repo=o/n >>> z")
	if want := "<p class=\"c\">a </p>\n[block o/n]\n<p> z</p>\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// lineCounter counts how often the parser goes to another line to look for a
// closer.
type lineCounter struct {
	extension.Parser
	lines int
}

func (c *lineCounter) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	return c.Parser.Parse(parent, &countingReader{block, &c.lines}, pc)
}

type countingReader struct {
	text.Reader
	lines *int
}

func (r *countingReader) AdvanceLine() {
	*r.lines++
	r.Reader.AdvanceLine()
}

// TestLinear counts the lines that the parser looks at for a closer: each at
// most once, however many openers there are.
func TestLinear(t *testing.T) {
	const n = 20_000
	for name, source := range map[string]string{
		"in one line":             strings.Repeat("<<< bokehbinder a ", n),
		"in one paragraph":        strings.Repeat("<<< bokehbinder a\n", n),
		"closed by the next line": strings.Repeat("<<< bokehbinder a\nrepo=o/n >>>\n", n),
		"one closer at the end":   strings.Repeat("<<< bokehbinder a\n", n) + "a >>>",
		"in many paragraphs":      strings.Repeat("<<< bokehbinder a\nb\n\n", n),
		"in a quote":              strings.Repeat("> <<< bokehbinder a\n> >>>\n", n),
		"in a table":              "|a|\n|-|\n" + strings.Repeat("|<<< bokehbinder a|\n", n),
	} {
		t.Run(name, func(t *testing.T) {
			counter := new(lineCounter)
			md := goldmark.New(goldmark.WithExtensions(gmextension.Table))
			md.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(counter, extension.ParserPriority)))
			md.Parser().Parse(text.NewReader([]byte(source)))
			if lines := strings.Count(source, "\n") + 1; counter.lines == 0 || counter.lines > lines {
				t.Errorf("%d lines looked at, the document has %d", counter.lines, lines)
			}
		})
	}
}

// checkDocument checks what holds for any document: each tag is a node and a
// part of the source, none overlaps another, and without tags the extension
// leaves no trace.
func checkDocument(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, with, without goldmark.Markdown, source string) int {
	pc := parser.NewContext()
	doc := with.Parser().Parse(text.NewReader([]byte(source)), parser.WithContext(pc))
	nodes := make(map[*extension.Tag]int)
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *extension.Block:
			if entering && n.Tag.Inline {
				t.Fatalf("%q: a block's tag says it is inline", source)
			}
			nodes[n.Tag]++
		case *extension.Inline:
			if entering && !n.Tag.Inline {
				t.Fatalf("%q: an inline tag says it is not", source)
			}
			nodes[n.Tag]++
		}
		return ast.WalkContinue, nil
	})
	tags, stop := extension.Tags(pc), 0
	for _, tag := range tags {
		if nodes[tag] > 2 { // entering and leaving; none in a footnote that nothing refers to
			t.Fatalf("%q: the tag at %v has several nodes", source, tag.Position)
		}
		delete(nodes, tag)
		whole := source[tag.Segment.Start:tag.Segment.Stop]
		inner, closed := strings.CutSuffix(whole, ">>>")
		// The marks of a quote at the beginning of a line close nothing.
		inner = quoteMarks.ReplaceAllString(inner, "\n")
		if tag.Segment.Start < stop || !strings.HasPrefix(whole, "<<< bokehbinder") || !closed || strings.Contains(inner, ">>>") {
			t.Fatalf("%q: %q is not a tag", source, whole)
		}
		stop = tag.Segment.Stop
		if (tag.Err() == nil) != (tag.Arg("repo") != "") {
			t.Fatalf("%q: repo is %q with error %v", source, tag.Arg("repo"), tag.Err())
		}
	}
	if len(nodes) != 0 {
		t.Fatalf("%q: %d tags are not listed", source, len(nodes))
	}
	if len(tags) == 0 {
		if got, want := convert(t, with, source), convert(t, without, source); got != want {
			t.Fatalf("%q: got\n%swant\n%s", source, got, want)
		}
	}
	return len(tags)
}

var quoteMarks = regexp.MustCompile(`\n[ \t>]*`)

// documents generates Markdown in which much could be a tag and little is.
func documents() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"<<< bokehbinder repo=o/n >>>", "<<< bokehbinder", "<<< bokehbinder ", "<<<", "<", ">>>", " >>>", " repo=o/n", " ref=\"a b\"", "text", " ", "\n", "\n\n", "\t", "\r\n",
		"\\", "`", "```\n", "*", "**", "~~", "[", "](/u)", "![", "[^1]", "[^1]: ", "- ", "1. ", "> ", "# ", "|", "|\n|-|-|\n", "\n: ", "    ",
		"<b>", "</b>", "<!--", "-->", "<div>\n", "\n===\n", "[ref]: /u\n", "[ ] ", "{#id}", "\"", "é", "\x00", "\xff",
	})
	return rapid.Map(rapid.SliceOfN(piece, 1, 30), func(p []string) string { return strings.Join(p, "") })
}

func TestDocuments(t *testing.T) {
	with, without := full(parserOnly{}), full()
	tags, plain := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for _, source := range rapid.SliceOfN(documents(), 20, 20).Draw(t, "documents") {
			if n := checkDocument(t, with, without, source); n > 0 {
				tags += n
			} else {
				plain++
			}
		}
	})
	if tags == 0 || plain == 0 {
		t.Errorf("%d tags, %d documents without one: want both", tags, plain)
	}
}

func FuzzDocument(f *testing.F) {
	for _, source := range []string{
		"a <<< bokehbinder repo=o/n >>> z", "> - <<< bokehbinder\n>   repo=o/n >>>", "# <<< bokehbinder x >>>", "<<< bokehbinder", "|a|\n|-|\n|<<< bokehbinder x >>>|",
		"[<<< bokehbinder x >>>](/u) *<<< bokehbinder y >>>*", "[^1]\n\n[^1]: <<< bokehbinder x >>>", "t\n: <<< bokehbinder x >>>", "`<<< bokehbinder x >>>`",
	} {
		f.Add(source)
	}
	with, without := full(parserOnly{}), full()
	f.Fuzz(func(t *testing.T, source string) { checkDocument(t, with, without, source) })
}
