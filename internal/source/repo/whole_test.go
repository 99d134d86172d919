package repo_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/faults"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// TestHeadersThatEnd has connections end, without an error, inside the headers of an
// answer: git knows no other end of headers, so it finds no refs, or plain files. That is
// never said of the repository; and an answer that comes whole when it is asked for again
// is taken.
func TestHeadersThatEnd(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	commit := site.Repo("github.com/o/n", gitserve.Files{"a": "1"}).Head
	site.Repo("github.com/o/empty", nil)
	proxy := faults.New(t, site.URL, nil)
	site.URL = proxy.URL
	site.Setenv()
	read := func(ref string) error {
		tree, err := (&repo.Reader{}).Open(context.Background(), card.Request{Repo: "o/n", Ref: ref})
		if err != nil {
			return err
		}
		defer tree.Close()
		_, err = tree.Read(context.Background(), []string{"a"})
		return err
	}
	broken := failure{card.ReasonServer, "github.com broke off its answer", "try again", ""}
	for _, ref := range []string{"", "main", "refs/heads/main", commit} {
		proxy.Set(t, faults.Fault{})
		if err := read(ref); err != nil {
			t.Fatal(err)
		}
		_, _, requests := proxy.Sent()
		for from := 1; from <= requests; from++ {
			for _, headers := range []string{"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nCache-Control: no-cache\r\nContent-Ty"} {
				t.Run(fmt.Sprintf("%.10q from request %d, %d bytes", ref, from, len(headers)), func(t *testing.T) {
					proxy.Set(t, faults.Fault{From: from, Answer: faults.Headers(headers)})
					broken.check(t, read(ref))
				})
			}
			t.Run(fmt.Sprintf("%.10q at request %d alone", ref, from), func(t *testing.T) {
				var done atomic.Bool
				proxy.Set(t, faults.Fault{From: from, Answer: func(w http.ResponseWriter, r *http.Request) bool {
					// git asks a server of plain files for this, too.
					again := done.Swap(true) && !strings.HasSuffix(r.URL.Path, "/HEAD")
					return !again && faults.Headers("HTTP/1.1 200 OK\r\n")(w, r)
				}})
				if err := read(ref); err != nil {
					broken.check(t, err)
				}
			})
		}
	}
	t.Run("whole", func(t *testing.T) {
		proxy.Set(t, faults.Fault{})
		fails(t, &repo.Reader{}, "o/empty", "main", failure{card.ReasonEmpty, "no commit", "push", ""})
	})
}
