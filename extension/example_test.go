package extension_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
)

// site answers for demo/sine without a network, so that these examples run
// anywhere.
var site = card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
	if req.Repo != "demo/sine" {
		return nil, &card.Error{Repo: req.Repo, Reason: card.ReasonNotFound, Message: "there is no such repository", Hint: "it may be private"}
	}
	return sineCard(), nil
})

// print converts a document and prints what the expression finds in the HTML.
func print(x *extension.Extender, expression, source string) {
	var html bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(x))
	if err := md.Convert([]byte(source), &html); err != nil {
		fmt.Println("error:", err)
	}
	for _, found := range regexp.MustCompile(expression).FindAllString(html.String(), -1) {
		fmt.Println(found)
	}
}

// The zero value reads repositories with git; here a tag is wrong already, so
// that nothing is read.
func Example() {
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{}))
	var html strings.Builder
	if err := md.Convert([]byte("<<< bokehbinder ref=main >>>"), &html); err != nil {
		panic(err)
	}
	fmt.Println(strings.Contains(html.String(), "repo: is missing"))
	// Output: true
}

// A source is anything that turns a request into a card: a file, a database, a
// cache before another source.
func ExampleExtender_source() {
	print(&extension.Extender{Source: site, IDPrefix: "post"}, `id="post-1"`, "<<< bokehbinder repo=demo/sine >>>")
	// Output: id="post-1"
}

// Hosts besides the public forges have to be allowed, since a post's author
// may not be the one who runs the program.
func ExampleNewGit() {
	reason := func(o extension.GitOptions) {
		git, err := extension.NewGit(o)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, err = git.Card(context.Background(), card.Request{Repo: "https://127.0.0.1:1/sine"})
		var cause *card.Error
		fmt.Println(errors.As(err, &cause), cause.Reason)
	}
	reason(extension.GitOptions{})
	reason(extension.GitOptions{AllowedHosts: []string{"127.0.0.1:1"}, Timeout: 20 * time.Second})
	reason(extension.GitOptions{AllowedHosts: []string{"*.example.org"}})
	// Output:
	// true host
	// true unreachable
	// bokehbinder: GitOptions.AllowedHosts: "*.example.org" is not a host; valid: a name such as git.example.org, with a port if it has one
}

// The limits are for the document, whatever the source.
func ExampleExtender_limits() {
	slow := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	print(&extension.Extender{Source: slow, Limits: extension.Limits{Time: 10 * time.Millisecond}}, `context [a-z ]+`, "<<< bokehbinder repo=demo/sine >>>")
	// Output: context deadline exceeded
}

// Each repository of a document is read once, at most this many at the same
// time.
func ExampleExtender_concurrency() {
	one := &extension.Extender{Concurrency: 1, Source: card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		fmt.Println("reading", req.Repo)
		return site.Card(ctx, req)
	})}
	print(one, `^$`, "<<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=demo/sine show=files >>>")
	// Output: reading demo/sine
}

// A hub of your own, for tags that name none.
func ExampleExtender_hub() {
	print(&extension.Extender{Source: site, Hubs: []string{"https://hub.example.org/binder"}}, `data-hub="[^"]*"`,
		"<<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=demo/sine hub=https://mybinder.org >>>")
	// Output:
	// data-hub="https://hub.example.org/binder"
	// data-hub="https://mybinder.org"
}

// The height of the app, for tags that say none.
func ExampleExtender_height() {
	print(&extension.Extender{Source: site, Height: 420}, `width="1" height="\d+"`,
		"<<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=demo/sine height=800 >>>")
	// Output:
	// width="1" height="420"
	// width="1" height="800"
}

// Without the app, the page has a launch link and the files.
func ExampleExtender_show() {
	print(&extension.Extender{Source: site, Show: []string{"launch", "files"}}, `<iframe|<details|bb-launch`, "<<< bokehbinder repo=demo/sine >>>")
	// Output:
	// bb-launch
	// <details
	// <details
}

// The words are in the page's language, or in the nearest that there is.
func ExampleExtender_language() {
	print(&extension.Extender{Source: site, Language: "pt-BR"}, `Abrir no Binder|Launch on Binder`, "# <<< bokehbinder repo=demo/sine >>>")
	// Output: Abrir no Binder
}

// With an address of the style sheet and the script, each embed refers to them.
// Browsers load them once.
func ExampleExtender_assetsURL() {
	print(&extension.Extender{Source: site, AssetsURL: "/assets"}, `<link[^>]*>|<script[^>]*>`, "<<< bokehbinder repo=demo/sine >>>")
	// Output:
	// <link rel="stylesheet" href="/assets/bokehbinder.css">
	// <script type="module" src="/assets/bokehbinder.js">
}

// All that is wrong with a document is reported, each with its place.
func ExampleExtender_onError() {
	x := &extension.Extender{Source: site, OnError: func(e *extension.Error) { fmt.Println(e) }}
	md := goldmark.New(goldmark.WithExtensions(x))
	pc := parser.NewContext()
	extension.SetOrigin(pc, extension.Origin{File: "post.md", Line: 4}) // three lines of front matter
	var html bytes.Buffer
	if err := md.Convert([]byte("Text.\n\n<<< bokehbinder repo=demo/gone >>>\n\n<<< bokehbinder repo=demo/sine height=9 >>>"), &html, parser.WithContext(pc)); err != nil {
		panic(err)
	}
	// Output:
	// post.md:6:1: demo/gone: there is no such repository
	// post.md:8:32: height: "9" is out of range
}

// A strict extender fails the document, and nothing is written.
func ExampleExtender_strict() {
	print(&extension.Extender{Source: site, Strict: true}, `.`, "Text.\n\n<<< bokehbinder repo=demo/gone >>>")
	// Output: error: 3:1: demo/gone: there is no such repository
}
