// Package extension is a goldmark extension that turns the tag
//
//	<<< bokehbinder repo=https://github.com/owner/name ref=main >>>
//
// into a launch button for Binder, the running app in an iframe that loads only
// when the reader asks, and the files that make the repository work on Binder,
// all of the same commit.
//
//	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{}))
//
// The page needs the style sheet and the script of the root package, at an
// address that [Extender.AssetsURL] names or in the page itself.
package extension

import (
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/card"
)

// DefaultTimeout is the default of [Extender.Timeout].
const DefaultTimeout = time.Minute

// Extender is the extension. Its zero value reads the public repositories of
// the well-known forges with the git that is installed, launches on
// mybinder.org, and shows a box with the reason in place of a tag that cannot
// be shown. The fields are not changed once it is in use; one Extender serves
// any number of documents at once.
type Extender struct {
	// Source answers what the tags ask for. The default reads repositories
	// with git, once a document and tag.
	Source card.Source

	// AllowedHosts are hosts, each with its port if it has one, that the
	// default source may read besides github.com, gist.github.com, gitlab.com,
	// codeberg.org and bitbucket.org.
	AllowedHosts []string

	// Timeout bounds the reading of one repository. The default is
	// [DefaultTimeout].
	Timeout time.Duration

	// Concurrency bounds how many repositories of a document are read at the
	// same time. The default is 4.
	Concurrency int

	// Hub is the address of the BinderHub for tags that name none. The default
	// is https://mybinder.org.
	Hub string

	// PreviewHub is the hub of all tags, whatever they say. It is for trying a
	// document before it is published, with a hub on the author's own machine.
	PreviewHub string

	// Height is the height of the app's frame in CSS pixels for tags that say
	// none. The default is 600.
	Height int

	// Show lists the parts that tags show which do not say: any of "launch",
	// "app" and "files". The default is all of them.
	Show []string

	// Language is the language of the words, as a file in i18n is named. The
	// default is "en".
	Language string

	// AssetsURL is the address of the folder where your site serves the style
	// sheet and the script, as bokehbinder.css and bokehbinder.js. Each embed
	// then refers to them. If it is empty, the page must have them itself.
	AssetsURL string

	// OnError is called for each thing that is wrong with a document's tags, in
	// their order, after the repositories were read and before anything is
	// rendered. It may be nil.
	OnError func(*Error)

	// Strict makes the conversion of a document fail, with all that is wrong
	// and before anything is written, where otherwise boxes show it.
	Strict bool
}

var _ goldmark.Extender = (*Extender)(nil)

// readerPriority puts the reading of cards behind every other transformer, so
// that it sees the document as it will be rendered.
const readerPriority = 1 << 20

// rendererPriority is that of goldmark's own extensions. It matters to nobody:
// the nodes are ours alone.
const rendererPriority = 500

// Extend installs the parser, the reading of cards and the renderer.
func (x *Extender) Extend(md goldmark.Markdown) {
	md.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(&Parser{}, ParserPriority)),
		parser.WithASTTransformers(
			util.Prioritized(&Transformer{}, TransformerPriority),
			util.Prioritized(&cardReader{x}, readerPriority),
		),
	)
	md.Renderer().AddOptions(renderer.WithNodeRenderers(
		util.Prioritized(&nodeRenderer{x}, rendererPriority),
	))
}
