package extension_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// What stands in the documentation stands here, too, where it runs.

// A page needs the style sheet and the script.
func Example_assets() {
	http.HandleFunc("/bokehbinder.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		w.Write(bokehbinder.Style())
	})
	http.HandleFunc("/bokehbinder.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(bokehbinder.Script())
	})
	server := httptest.NewServer(nil)
	defer server.Close()
	for _, name := range []string{bokehbinder.StyleName, bokehbinder.ScriptName} {
		r, err := http.Get(server.URL + "/" + name)
		if err != nil {
			panic(err)
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		fmt.Println(r.Header.Get("Content-Type"), len(text) > 1000)
	}
	// Output:
	// text/css true
	// text/javascript true
}

// A server reads with git, and remembers what it has read.
func Example_server() {
	build := func() error {
		git, err := extension.NewGit(extension.GitOptions{
			AllowedHosts: []string{"git.example.org"},
			Timeout:      20 * time.Second,
		})
		if err != nil {
			return err
		}
		cache, err := extension.NewCache(git, extension.CacheOptions{Lifetime: time.Hour})
		if err != nil {
			return err
		}
		x := &extension.Extender{Source: cache, AssetsURL: "/"}
		if err := x.Check(); err != nil {
			return err
		}
		md := goldmark.New(goldmark.WithExtensions(x))
		return md.Convert([]byte("No tag, so nothing is read."), os.Stdout)
	}
	fmt.Println(build())
	// Output:
	// <p>No tag, so nothing is read.</p>
	// <nil>
}

// Cards that are kept as files need no network.
func ExampleNewFolder() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	here, _ := os.Getwd()
	os.Chdir(dir)
	defer os.Chdir(here)
	git := site
	build := func() error {
		folder, err := extension.NewFolder("cards", extension.FolderOptions{Source: git})
		if err != nil {
			return err
		}
		md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: folder}))
		return md.Convert([]byte("<<< bokehbinder repo=demo/sine >>>"), io.Discard)
	}
	fmt.Println(build())
	offline, err := extension.NewFolder("cards", extension.FolderOptions{})
	if err != nil {
		panic(err)
	}
	c, err := offline.Card(context.Background(), card.Request{Repo: "https://github.com/demo/sine"})
	fmt.Println(c.Commit[:7], err)
	// Output:
	// <nil>
	// 9579c85 <nil>
}

// A conversion ends with its request, and a document that says which it is comes
// out the same each time.
func ExampleSetContext() {
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: site}))
	post := []byte("<<< bokehbinder repo=demo/sine >>>")
	handle := func(r *http.Request) {
		var page bytes.Buffer
		pc := parser.NewContext()
		extension.SetContext(r.Context(), pc)
		extension.SetIDPrefix(pc, "post-17")
		err := md.Convert(post, &page, parser.WithContext(pc))
		fmt.Println(err, strings.Contains(page.String(), `id="post-17-1"`), page.Len() > 0)
	}
	r := httptest.NewRequest("GET", "/", nil)
	handle(r)
	gone, leave := context.WithCancel(r.Context())
	leave()
	handle(r.WithContext(gone))
	// Output:
	// <nil> true true
	// 1:1: the document was not converted: context canceled false false
}

// Cards from a map, which has not all that is asked for.
func ExampleExtender_cards() {
	cards := map[string]*card.Card{"https://github.com/demo/sine": sineCard()}
	source := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		url, err := req.URL() // owner/name is https://github.com/owner/name
		if err != nil {
			return nil, err
		}
		c, ok := cards[url]
		if !ok {
			return nil, &card.Error{Repo: req.Repo, Reason: card.ReasonNotFound, Message: "nobody has made a card of it"}
		}
		return c, nil
	})
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: source}))
	var html bytes.Buffer
	if err := md.Convert([]byte("<<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=owner/missing >>>"), &html); err != nil {
		panic(err)
	}
	fmt.Println(strings.Count(html.String(), "<iframe"), strings.Count(html.String(), "nobody has made a card of it"))
	// Output: 1 1
}

// Strangers' documents may cost less, and do less.
func ExampleExtender_comments() {
	cache, err := extension.NewCache(site, extension.CacheOptions{})
	if err != nil {
		panic(err)
	}
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: cache, Comments: true}))
	var html bytes.Buffer
	if err := md.Convert([]byte(strings.Repeat("<<< bokehbinder repo=demo/sine >>>\n\n", 7)), &html); err != nil {
		panic(err)
	}
	fmt.Println(strings.Count(html.String(), "<iframe"), regexp.MustCompile("the document has[^<]*").FindAllString(html.String(), -1))
	// Output: 5 [the document has more than 5 of these tags]
}

// The tags of a document, with what was read.
func ExampleTags() {
	pc := parser.NewContext()
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: site}))
	md.Parser().Parse(reader("<<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=demo/gone >>>\n"), parser.WithContext(pc))
	for _, tag := range extension.Tags(pc) {
		if err := tag.Err(); err != nil {
			fmt.Println("wrong:", err)
			continue
		}
		fmt.Println(tag.Title(), len(tag.Card().Files), tag.LaunchURL())
	}
	// Output:
	// sine 1 https://mybinder.org/v2/gh/demo/sine/9579c85e4307151a54c3f81d0e756040b58b0252?urlpath=%2Fproxy%2F5006%2Fsine
	// wrong: 3:1: demo/gone: there is no such repository
}

// onlyTitles draws tags as their titles.
type onlyTitles struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (onlyTitles) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(extension.KindBlock, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if tag := n.(*extension.Block).Tag; entering && tag.Err() == nil {
			fmt.Fprintf(w, "<p>%s</p>\n", util.EscapeHTML([]byte(tag.Title())))
		}
		return ast.WalkContinue, nil
	})
}

// A renderer of your own draws tags in its way.
func ExampleBlock() {
	md := goldmark.New(
		goldmark.WithExtensions(&extension.Extender{Source: site}),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(onlyTitles{}, 100))),
	)
	if err := md.Convert([]byte("<<< bokehbinder repo=demo/sine title=\"A & B\" >>>\n\n<<< bokehbinder repo=demo/gone >>>"), os.Stdout); err != nil {
		panic(err)
	}
	// Output: <p>A &amp; B</p>
}

// documentation is the page about this package.
const documentation = "../exampleSite/content/start/go.md"

// codeOf returns the page's blocks of Go.
func codeOf(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range regexp.MustCompile("(?ms)^```go\n(.*?)^```$").FindAllStringSubmatch(string(page), -1) {
		blocks = append(blocks, m[1])
	}
	if len(blocks) < 7 {
		t.Fatalf("%d blocks of Go", len(blocks))
	}
	return blocks
}

// TestDocumentationRuns looks whether each block of the page stands in an example
// above, which runs.
func TestDocumentationRuns(t *testing.T) {
	here, err := os.ReadFile("docs_test.go")
	if err != nil {
		t.Fatal(err)
	}
	flat := func(s string) string { return regexp.MustCompile(`(?m)^\t+`).ReplaceAllString(s, "") }
	for _, block := range codeOf(t)[1:] {
		if !strings.Contains(flat(string(here)), flat(block)) {
			t.Errorf("no example has\n%s", block)
		}
	}
}

// TestDocumentedProgram runs the page's program: one of its repositories is there,
// and one is missing.
func TestDocumentedProgram(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	repo := site.Repo("github.com/owner/name", gitserve.Files{"requirements.txt": "bokeh\njupyter-server-proxy\n", "start": "bokeh serve app &\nexec \"$@\"\n", "app/main.py": "x = 1\n"})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(codeOf(t)[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "program")
	if out, err := exec.Command("go", "build", "-o", program, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	site.Setenv()
	var html, errs bytes.Buffer
	cmd := exec.Command(program)
	cmd.Stdout, cmd.Stderr = &html, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, errs.String())
	}
	contains(t, html.String(), "https://mybinder.org/v2/gh/owner/name/"+repo.Head+"?urlpath=%2Fproxy%2F5006%2Fapp", "bb-problem", "there is no such repository on github.com")
	if want := "4:1: owner/missing: there is no such repository on github.com, or it is private\n"; errs.String() != want {
		t.Errorf("it says %q, want %q", errs.String(), want)
	}
}

// TestDocumentedLimits compares the page's table with the numbers.
func TestDocumentedLimits(t *testing.T) {
	page, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	l := extension.CommentLimits()
	contains(t, string(page), fmt.Sprintf("| tags | %d |\n| repositories, each ref by itself | %d |\n| processes of git | %d |\n| KiB of HTML | %d |\n| seconds for reading and showing | %.0f |\n",
		l.Tags, l.Repositories, l.Processes, l.HTML>>10, l.Time.Seconds()))
}
