package extension_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yuin/goldmark"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/base/budget"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// TestThousandConversionsReadOnce is a server that converts one post 1,000 times at
// once, with two Extenders and both ways to write the repository: it is read once.
func TestThousandConversionsReadOnce(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Repo("github.com/demo/sine", gitserve.Files{"requirements.txt": "bokeh\njupyter-server-proxy\n", "start": "bokeh serve app &\nexec \"$@\"\n", "app/main.py": "x = 1\n"})
	site.Setenv()
	git, err := extension.NewGit(extension.GitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	counted := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		asked.Add(1)
		return git.Card(ctx, req)
	})
	cache := newCache(t, counted, extension.CacheOptions{})
	var posts [2]goldmark.Markdown
	for i := range posts {
		posts[i] = goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: cache, IDPrefix: "bb"}))
	}
	pages := make([]bytes.Buffer, 1000)
	var wg sync.WaitGroup
	for i := range pages {
		source := []string{"<<< bokehbinder repo=demo/sine show=launch >>>\n", "<<< bokehbinder repo=https://github.com/demo/sine.git ref=HEAD show=launch >>>\n"}[i/2%2]
		wg.Go(func() {
			if err := posts[i%2].Convert([]byte(source), &pages[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("the repository was read %d times", n)
	}
	once := len(site.Requests())
	if once == 0 || once > 6 {
		t.Errorf("%d requests", once)
	}
	for i := range pages {
		if !strings.Contains(pages[i].String(), "urlpath=%2Fproxy%2F5006%2Fapp") || i > 3 && pages[i].String() != pages[i%4].String() {
			t.Fatalf("page %d is\n%s", i, pages[i].String())
		}
	}
}

func newCache(t *testing.T, src card.Source, o extension.CacheOptions) *extension.Cache {
	t.Helper()
	c, err := extension.NewCache(src, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// play is a source that a test plays. Each reading takes a second, and says which
// one it was by the date of the card.
type play struct {
	mu    sync.Mutex
	fail  error
	asked int
	ended int // how often the context ended first
}

func (p *play) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	p.mu.Lock()
	p.asked++
	n, fail := p.asked, p.fail
	p.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		p.mu.Lock()
		p.ended++
		p.mu.Unlock()
		return nil, ctx.Err()
	}
	if fail != nil {
		return nil, fail
	}
	c := sineCard()
	c.Repo, _ = req.URL()
	c.Spec = strings.TrimPrefix(c.Repo, "https://github.com/") + "/" + commit
	c.Date = fmt.Sprint(n)
	return c, nil
}

func (p *play) set(fail error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

// TestCacheLifetime follows a card: fresh, stale while it is read anew, stale since
// reading fails, and gone.
func TestCacheLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &play{}
		c := newCache(t, src, extension.CacheOptions{Lifetime: 10 * time.Minute, Stale: time.Hour, Failure: time.Minute})
		start := time.Now()
		step := func(at time.Duration, want string, takes time.Duration, asked int) {
			t.Helper()
			time.Sleep(time.Until(start.Add(at)))
			before := time.Now()
			got, err := c.Card(t.Context(), card.Request{Repo: "demo/sine"})
			took := time.Since(before)
			synctest.Wait()
			text := fmt.Sprint(err)
			if err == nil {
				text = got.Date
			}
			if text != want || took != takes || src.asked != asked {
				t.Errorf("after %v: got %s in %v, asked %d times; want %s in %v, %d times", at, text, took, src.asked, want, takes, asked)
			}
		}
		step(0, "1", time.Second, 1)
		step(9*time.Minute, "1", 0, 1)
		step(11*time.Minute, "1", 0, 2) // stale, and read anew
		step(12*time.Minute, "2", 0, 2)
		src.set(&card.Error{Reason: card.ReasonUnreachable, Message: "no connection"})
		step(23*time.Minute, "2", 0, 3)                             // stale, and reading fails
		step(23*time.Minute+30*time.Second, "2", 0, 3)              // which is not tried again at once
		step(25*time.Minute, "2", 0, 4)                             // but later
		step(100*time.Minute, "no connection", time.Second, 5)      // too old
		step(100*time.Minute+30*time.Second, "no connection", 0, 5) // failures are kept for a moment
		src.set(nil)
		step(102*time.Minute, "6", time.Second, 6)
	})
}

// TestCacheOfCommits shows that the card of a full commit does not become old.
func TestCacheOfCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &play{}
		c := newCache(t, src, extension.CacheOptions{})
		for range 2 {
			if _, err := c.Card(t.Context(), card.Request{Repo: "demo/sine", Ref: strings.ToUpper(commit)}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(1000 * time.Hour)
		}
		if src.asked != 1 {
			t.Errorf("asked %d times", src.asked)
		}
	})
}

// TestCacheWaiting has several wait for one reading: who began it gives up, and the
// others are answered. Where all give up, it ends, and nothing is kept of it.
func TestCacheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &play{}
		c := newCache(t, src, extension.CacheOptions{})
		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		req := card.Request{Repo: "demo/sine"}
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Card(short, req); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who gave up got %v", err)
			}
		})
		synctest.Wait()
		for range 3 {
			wg.Go(func() {
				if got, err := c.Card(t.Context(), req); err != nil || got.Date != "1" {
					t.Errorf("who waited got %v, %v", got, err)
				}
			})
		}
		wg.Wait()
		short, cancel = context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		other := card.Request{Repo: "demo/other"}
		if _, err := c.Card(short, other); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if src.ended != 1 {
			t.Error("it is still read although nobody waits")
		}
		if got, err := c.Card(t.Context(), other); err != nil || got.Date != "3" {
			t.Errorf("after that: %v, %v", got, err)
		}
	})
}

// TestCacheBounds shows that no more is kept than is allowed, that what is asked for
// stays, and that requests with other files are others.
func TestCacheBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &play{}
		c := newCache(t, src, extension.CacheOptions{Cards: 3})
		ask := func(name string, files ...string) int {
			before := src.asked
			if _, err := c.Card(t.Context(), card.Request{Repo: "demo/" + name, Files: files}); err != nil {
				t.Error(err)
			}
			return src.asked - before
		}
		for _, name := range []string{"a", "b", "c", "a", "d"} {
			ask(name)
		}
		if ask("a") != 0 || ask("d") != 0 || ask("b") != 1 {
			t.Error("it does not keep those that were asked for last")
		}
		if ask("a", "x", "y") != 1 || ask("a", "y", "x", "x") != 0 {
			t.Error("files are not told apart")
		}
		small := newCache(t, src, extension.CacheOptions{Bytes: 1})
		for range 2 {
			before := src.asked
			if _, err := small.Card(t.Context(), card.Request{Repo: "demo/sine"}); err != nil || src.asked != before+1 {
				t.Errorf("a cache without room: %v", err)
			}
		}
	})
}

// TestCacheOfWrongSources shows that a cache gives no card on that is not right, and
// survives a panic in its goroutine.
func TestCacheOfWrongSources(t *testing.T) {
	for name, answer := range map[string]func() (*card.Card, error){
		"panic":   func() (*card.Card, error) { panic("x") },
		"nothing": func() (*card.Card, error) { return nil, nil },
		"another": func() (*card.Card, error) { c := sineCard(); c.Repo = "https://github.com/demo/other"; return c, nil },
	} {
		c := newCache(t, card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) { return answer() }), extension.CacheOptions{})
		var e *card.Error
		if got, err := c.Card(t.Context(), card.Request{Repo: "demo/sine"}); got != nil || !errors.As(err, &e) || e.Reason != card.ReasonSource {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := extension.NewCache(nil, extension.CacheOptions{}); err == nil {
		t.Error("a cache before nothing")
	}
	if _, err := extension.NewCache(sources, extension.CacheOptions{Stale: -1}); err == nil || !strings.Contains(err.Error(), "valid: ") {
		t.Errorf("got %v", err)
	}
}

// TestCacheOfSourceThatDoesNotEnd has a reading that looks at no context: it is given
// up, and the next one reads.
func TestCacheOfSourceThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		var asked atomic.Int32
		defer close(never)
		c := newCache(t, card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) {
			if asked.Add(1) == 1 {
				<-never
			}
			return sineCard(), nil
		}), extension.CacheOptions{Reading: time.Minute, Failure: time.Minute})
		var e *card.Error
		if _, err := c.Card(t.Context(), card.Request{Repo: "demo/sine"}); !errors.As(err, &e) || e.Reason != card.ReasonTimeout {
			t.Errorf("got %v", err)
		}
		time.Sleep(2 * time.Minute)
		if got, err := c.Card(t.Context(), card.Request{Repo: "demo/sine"}); got == nil {
			t.Errorf("after that: %v", err)
		}
	})
}

// TestCacheOfLimits has two documents wait for one reading, which ends since the
// first one's limit is reached: the second reads for itself, and that is kept.
func TestCacheOfLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &play{}
		c := newCache(t, card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
			answer, err := src.Card(ctx, req)
			if spent := budget.Draw(ctx, budget.Processes, 1); spent != nil {
				return nil, &card.Error{Reason: card.ReasonLimit, Message: spent.Error()}
			}
			return answer, err
		}), extension.CacheOptions{})
		req := card.Request{Repo: "demo/sine"}
		var wg sync.WaitGroup
		wg.Go(func() {
			var e *card.Error
			if _, err := c.Card(budget.With(t.Context(), budget.New(nil)), req); !errors.As(err, &e) || e.Reason != card.ReasonLimit {
				t.Errorf("the first document got %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if got, err := c.Card(t.Context(), req); err != nil || got.Date != "2" {
				t.Errorf("the second document got %v, %v", got, err)
			}
		})
		wg.Wait()
		if got, err := c.Card(t.Context(), req); err != nil || got.Date != "2" {
			t.Errorf("after that: %v, %v", got, err)
		}
	})
}
