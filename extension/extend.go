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
//
// # Where cards come from
//
// [Git] reads repositories with git. [Cache] before it remembers what was read, so
// that a page that many ask for is read once, and [Folder] keeps it as files, to be
// committed. Each is a [card.Source], and so may be anything of yours.
//
// # Other people's documents
//
// What one document may cost is bounded by [Limits]. For documents that strangers
// write, such as comments, set [Extender.Comments].
//
// # Drawing it otherwise
//
// The tags are nodes, [Block] and [Inline], whose [Tag] says what was asked, the
// card and what is wrong. A renderer of your own for [KindBlock] and [KindInline],
// with a priority below 500, draws them in its way, and a walk of the document
// finds them.
package extension

import (
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/card"
)

// Extender is the extension. Its zero value reads the public repositories of
// the well-known forges with the git that is installed, launches on
// mybinder.org, and shows a box with the reason in place of a tag that cannot
// be shown. The fields are not changed once it is in use; one Extender serves
// any number of documents at once.
//
// The fields are checked once, by [Extender.Check] or when the first tag is met:
// then the conversion fails, before anything is written.
type Extender struct {
	// Source answers what the tags ask for. Whatever it does, the worst is a box
	// in place of a tag: a panic, no card, and a card that is not the answer are
	// errors. The default is [NewGit] without options, so that each document is
	// read anew; put a [Cache] before it where documents are converted more than
	// once.
	Source card.Source

	// Concurrency bounds how many repositories of a document are read at the
	// same time. The default is 4, for a comment 1.
	Concurrency int

	// Limits are what one document may cost.
	Limits Limits

	// Comments is for documents that strangers write. The defaults of Limits are
	// then those of [CommentLimits], and one repository is read at a time; tags use no other hub than yours, those in
	// Hubs and AllowedHubs; they show launch link and app, and files only if Show
	// has them; and they have no poster, which would be an address of your site
	// that their author chooses.
	Comments bool

	// ForMarkdown is for output that a Markdown processor or a template language such as
	// Liquid reads before a browser does. Each embed is then one element in one line,
	// whose marks are character references, and about twice as long.
	ForMarkdown bool

	// Hubs are addresses of BinderHubs, for tags that name none: the first is
	// used, the others are offered to readers where it cannot. The default is
	// https://mybinder.org.
	Hubs []string

	// AllowedHubs are the hubs that tags may name beside those in Hubs. The
	// default is any that is not on the reader's own machine; without an item it
	// is none.
	AllowedHubs []string

	// Height is the height of the app's frame in CSS pixels for tags that say
	// none. The default is 600.
	Height int

	// Show lists the parts that tags show which do not say: any of "launch",
	// "app" and "files". The default is all of them.
	Show []string

	// Mode is how much of a tag is shown. The default is all of it.
	Mode Mode

	// Language is the language of the pages, such as "de" or "pt-BR". The words are
	// in the same, in that with which its name begins, or in English, and then say
	// so. The default is English without a word about it.
	Language string

	// Words are your own words in place of those of the language, by the keys of
	// i18n/en.yaml without "bokehbinder_".
	Words map[string]string

	// AssetsURL is the address of the folder where your site serves the style
	// sheet and the script, as bokehbinder.css and bokehbinder.js, and beside the
	// script what [Extender.ScriptWords] returns. Each embed then refers to them. If it is empty, the page must have them itself.
	AssetsURL string

	// IDPrefix begins the ids of the embeds, and the names of their frames: "post"
	// makes them post-1, post-2. It says that all documents are one, or that each
	// has a page to itself; [SetIDPrefix] says it of one document. Without either a
	// document gets a prefix that no other has, another one at each conversion.
	IDPrefix string

	// OnError is called for each thing that is wrong with a document's tags, in
	// their order, after the repositories were read and before anything is
	// rendered. It is called by the goroutine that converts the document, so at
	// the same time only for documents that are converted at the same time. It
	// may be nil.
	OnError func(*Error)

	// OnWarning is called for each text that looks as if it was meant as a tag and is
	// none, such as one inside an HTML block, where there is no Markdown, or with a
	// spelling of its own. Nothing is wrong with the document. It is called as OnError
	// is, and may be nil.
	OnWarning func(*Error)

	// Strict makes the conversion of a document fail, with all that is wrong
	// and before anything is written, where otherwise boxes show it. That its tags
	// become too much HTML, or take too long to draw, is known, and fails, only
	// while it is rendered; OnError does not hear of that.
	Strict bool
}

// Mode is how much of a tag is shown.
type Mode string

// The modes.
const (
	ModeFull   Mode = ""       // all that the tag asks for
	ModeSimple Mode = "simple" // links and files, without frame and script
	ModeFeed   Mode = "feed"   // links alone, for where there is no style either
)

var _ goldmark.Extender = (*Extender)(nil)

// readerPriority puts the reading of cards behind every other transformer, so
// that it sees the document as it will be rendered.
const readerPriority = 1 << 20

// rendererPriority is that of goldmark's own extensions.
const rendererPriority = 500

// Extend installs the parser, the reading of cards and the renderer. Installing
// one Extender twice is harmless; with two of them no document with a tag can be
// converted.
func (x *Extender) Extend(md goldmark.Markdown) {
	e := &engine{Extender: x, ready: sync.OnceValues(x.prepare)}
	md.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(&Parser{}, ParserPriority)),
		parser.WithASTTransformers(
			util.Prioritized(&Transformer{}, TransformerPriority),
			util.Prioritized(&cardReader{e}, readerPriority),
		),
	)
	if x.OnWarning != nil {
		md.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(&nearTags{x.OnWarning}, nearPriority)))
	}
	md.Renderer().AddOptions(renderer.WithNodeRenderers(
		util.Prioritized(&nodeRenderer{}, rendererPriority),
	))
}

// engine is an Extender as it is installed.
type engine struct {
	*Extender
	ready func() (*prepared, error)
}
