// Package doors_test puts the repositories of all stories through every door by
// which cards are made.
package doors_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/cards"
	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/post"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// address is that of the one repository that has each story's on a branch.
const address = "github.com/o/n"

// house is a repository of a story, behind git's protocol and as a folder.
type house struct {
	story, head, folder string
	// card is what [cards.Live] says of it.
	card *card.Card
}

func (h *house) request() card.Request { return card.Request{Repo: "https://" + address, Ref: h.head} }

// tag is the line of a post that shows it.
func (h *house) tag() string {
	return fmt.Sprintf("<<< bokehbinder repo=https://%s ref=%s show=launch,files >>>", address, h.head)
}

// TestDoors puts the repository of every story through every door. Their cards
// are the same, byte for byte; of a folder, but for what a commit brings.
func TestDoors(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.SetenvFolders()
	houses := build(t, site)
	ctx := t.Context()
	live := &cards.Live{Reader: &repo.Reader{}}
	each(houses, func(h *house) {
		c, err := live.Card(ctx, h.request())
		if err != nil {
			t.Errorf("%s: %v", h.story, err)
			return
		}
		h.card = c
	})
	if t.Failed() {
		return
	}
	cookies := 0
	for _, h := range houses {
		for _, a := range h.card.Apps {
			if a.Cookie {
				cookies++
			}
		}
	}
	if cookies == 0 {
		t.Error("no story has an app that needs a cookie")
	}
	t.Run("extension", func(t *testing.T) { throughExtension(t, houses) })
	t.Run("render", func(t *testing.T) { throughRender(t, houses) })
	t.Run("sync", func(t *testing.T) { throughSync(t, houses) })
	t.Run("card", func(t *testing.T) {
		each(houses, func(h *house) { same(t, h, run(t, 0, "card", "https://"+address, h.head)) })
	})
	t.Run("check", func(t *testing.T) {
		each(houses, func(h *house) { same(t, h, run(t, worst(h), "check", "--format", "json", "https://"+address, h.head)) })
	})
	t.Run("preview", func(t *testing.T) {
		published := &preview.Repositories{}
		each(houses, func(h *house) {
			c, err := published.Card(ctx, h.request())
			if err != nil {
				t.Errorf("%s: %v", h.story, err)
				return
			}
			same(t, h, written(t, c))
		})
	})
	t.Run("folder", func(t *testing.T) { throughFolder(t, houses) })
}

// build makes the houses.
func build(t *testing.T, site *gittest.Site) []*house {
	t.Helper()
	stories := repositories(t)
	if len(stories) < 200 {
		t.Fatalf("there are only %d stories", len(stories))
	}
	r := site.Repo(address, nil)
	r.Git("config", "remote.origin.url", "https://"+address) // of its folders
	dir := t.TempDir()
	var houses []*house
	for i, story := range slices.Sorted(maps.Keys(stories)) {
		h := &house{story: story, head: r.Commit(fmt.Sprintf("story-%d", i), stories[story]), folder: filepath.Join(dir, fmt.Sprint(i), path.Base(address))}
		r.Git("worktree", "add", "--detach", h.folder, h.head)
		houses = append(houses, h)
	}
	return houses
}

// repositories reads those of all stories.
func repositories(t *testing.T) map[string]gitserve.Files {
	t.Helper()
	out := map[string]gitserve.Files{}
	for _, s := range linttest.Stories(t) {
		out["rules: "+s.Title] = gitserve.Files(s.Files)
	}
	apps := read(t, "../../internal/repository/testdata/apps.txt")
	for _, part := range strings.Split("\n"+apps, "\n== ")[1:] {
		title, rest, _ := strings.Cut(part, "\n")
		out["apps: "+title] = archive(t, rest)
	}
	out["tutorial"] = archive(t, read(t, "../../internal/repository/testdata/tutorial.txt"))
	base, err := filepath.Glob("../stack/testdata/base/*/*")
	if err != nil {
		t.Fatal(err)
	}
	stacks, err := filepath.Glob("../stack/testdata/*/*.txt")
	if err != nil || len(stacks) == 0 {
		t.Fatalf("there are no stories of the stack: %v", err)
	}
	words := strings.NewReplacer("{PORT}", "5006", "{WORK}", "/story", "{PYTHON}", "3.12")
	for _, name := range stacks {
		files := archive(t, read(t, name))
		for _, p := range base {
			rel, _ := filepath.Rel("../stack/testdata/base", p)
			if _, ok := files[filepath.ToSlash(rel)]; !ok {
				files[filepath.ToSlash(rel)] = read(t, p)
			}
		}
		for p, text := range files {
			files[p] = words.Replace(text)
		}
		out["stack: "+filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name)] = files
	}
	for title, files := range out {
		if len(files) == 0 {
			delete(out, title)
		}
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// archive reads files in txtar's form. A name "a -> b" is a symbolic link,
// "a *" an executable, and "a @" a submodule.
func archive(t *testing.T, text string) gitserve.Files {
	t.Helper()
	parsed, err := gitserve.ParseFiles([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out := gitserve.Files{}
	for name, text := range parsed {
		if p, target, ok := strings.Cut(name, " -> "); ok {
			out["120000 "+p] = target
		} else if p, ok := strings.CutSuffix(name, " *"); ok {
			out["100755 "+p] = text
		} else if p, ok := strings.CutSuffix(name, " @"); ok {
			out["160000 "+p] = strings.Repeat("1", 40)
		} else {
			out[name] = text
		}
	}
	return out
}

// each calls a function for each house, several at a time.
func each(houses []*house, f func(*house)) {
	var all sync.WaitGroup
	free := make(chan bool, runtime.NumCPU())
	for _, h := range houses {
		free <- true
		all.Go(func() {
			f(h)
			<-free
		})
	}
	all.Wait()
}

func throughExtension(t *testing.T, houses []*house) {
	var text strings.Builder
	for _, h := range houses {
		text.WriteString(h.tag() + "\n\n")
	}
	pc := parser.NewContext()
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Limits: extension.Limits{Tags: 10_000, Repositories: 10_000, Processes: 100_000, Time: time.Hour}}))
	if err := md.Convert([]byte(text.String()), &bytes.Buffer{}, parser.WithContext(pc)); err != nil {
		t.Fatal(err)
	}
	tags := extension.Tags(pc)
	if len(tags) != len(houses) {
		t.Fatalf("%d tags for %d repositories", len(tags), len(houses))
	}
	for i, h := range houses {
		if c := tags[i].Card(); c == nil {
			t.Errorf("%s: there is no card: %v", h.story, tags[i].Errors())
		} else {
			same(t, h, written(t, c))
		}
	}
}

// firstID is the id of a page's first embed.
var firstID = regexp.MustCompile(`id="(bb-[0-9a-f]+)-1"`)

// throughRender compares the pages: the command shows no card.
func throughRender(t *testing.T, houses []*house) {
	dir := t.TempDir()
	each(houses, func(h *house) {
		file := filepath.Join(dir, h.head+".md")
		if err := os.WriteFile(file, []byte(h.tag()+"\n"), 0o644); err != nil {
			t.Error(err)
			return
		}
		got := run(t, 0, "render", file)
		known := card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) { return h.card, nil })
		var want bytes.Buffer
		prefix := "bb"
		if id := firstID.FindStringSubmatch(got); id != nil {
			prefix = id[1] // which is of the text
		}
		if err := post.Markdown(&extension.Extender{Source: known, IDPrefix: prefix}).Convert([]byte(h.tag()+"\n"), &want); err != nil {
			t.Errorf("%s: %v", h.story, err)
		}
		if safe := form.Markdown.Block(want.String()) + "\n"; got != safe {
			t.Errorf("%s: %s", h.story, difference(got, safe))
		}
	})
}

func throughSync(t *testing.T, houses []*house) {
	dir := t.TempDir()
	var text strings.Builder
	text.WriteString("---\ntitle: All\n---\n")
	for _, h := range houses {
		text.WriteString("\n" + h.tag() + "\n")
	}
	for name, content := range map[string]string{"hugo.toml": "baseURL = 'https://example.org'\n", "content/all.md": text.String()} {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	p := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
	p.Run(t.Context(), []string{"sync", "--hugo", filepath.Join(dir, "none"), dir}) // that the tags' delimiters are not set up is told, and no matter here
	for _, h := range houses {
		e, err := lockfile.Folder{Dir: filepath.Join(dir, "assets", lock.Folder)}.Read(h.card.Repo, h.head)
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		same(t, h, written(t, e.Card))
	}
}

// throughFolder compares what is said of the repositories' folders.
func throughFolder(t *testing.T, houses []*house) {
	published, err := forge.Parse("https://" + address)
	if err != nil {
		t.Fatal(err)
	}
	each(houses, func(h *house) {
		folderCard := run(t, 0, "card", h.folder)
		if checked := run(t, worst(h), "check", "--format", "json", h.folder); checked != folderCard {
			t.Errorf("%s: check and card: %s", h.story, difference(checked, folderCard))
		}
		c, err := card.Read(strings.NewReader(folderCard))
		if err != nil {
			t.Errorf("%s: %v", h.story, err)
			return
		}
		got, want := written(t, withoutCommit(c, h.card)), written(t, withoutCommit(h.card, h.card))
		if got != want {
			t.Errorf("%s: the folder: %s", h.story, difference(got, want))
		}
		previewed := &preview.Repositories{}
		previewed.Use(published, h.folder)
		if c, err = previewed.Card(t.Context(), h.request()); err != nil {
			t.Errorf("%s: %v", h.story, err)
			return
		}
		if c.Repo != h.card.Repo || c.Provider != h.card.Provider || c.Spec != h.card.Spec {
			t.Errorf("%s: the preview launches %s %s %s", h.story, c.Repo, c.Provider, c.Spec)
		}
		if got := written(t, withoutCommit(c, h.card)); got != want {
			t.Errorf("%s: the preview: %s", h.story, difference(got, want))
		}
	})
}

// withoutCommit is a card without what a commit brings, and with the sizes of
// only those files of which git's protocol tells them.
func withoutCommit(c, remote *card.Card) *card.Card {
	out := *c
	out.Repo, out.Commit, out.Date, out.URL, out.Provider, out.Spec = "", "", "", "", "", ""
	out.Files = slices.Clone(c.Files)
	for i := range out.Files {
		out.Files[i].URL = ""
		if i < len(remote.Files) && remote.Files[i].Size < 0 {
			out.Files[i].Size = -1
		}
	}
	return &out
}

// run runs the command, and returns what it prints.
func run(t *testing.T, code int, args ...string) string {
	var out, messages strings.Builder
	p := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages}
	if got := p.Run(t.Context(), args); got != code {
		t.Errorf("%q: exit code %d, want %d\n%s", args, got, code, messages.String())
	}
	return out.String()
}

// worst is the exit code of a check.
func worst(h *house) int {
	for _, f := range h.card.Findings {
		if f.Level == card.LevelError {
			return cli.ExitInput
		}
	}
	return 0
}

func written(t *testing.T, c *card.Card) string {
	var b strings.Builder
	if err := c.Write(&b); err != nil {
		t.Error(err)
	}
	return b.String()
}

// same compares a card with the house's.
func same(t *testing.T, h *house, got string) {
	if want := written(t, h.card); got != want {
		t.Errorf("%s: %s", h.story, difference(got, want))
	}
}

// difference is the first line that two texts do not share.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(a), len(b)) {
		line := func(lines []string) string {
			if i < len(lines) {
				return fmt.Sprintf("%q", lines[i])
			}
			return "nothing"
		}
		if line(a) != line(b) {
			return fmt.Sprintf("line %d: got %s, want %s", i+1, line(a), line(b))
		}
	}
	return ""
}
