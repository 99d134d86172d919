package browser_test

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// bases are the paths below which hubs of a federation are.
var bases = map[string]string{"root": "", "base path": "/services/binder/"}

// federate opens a post with n embeds, each of a commit of its own, that run on
// a federation of three.
func federate(t *testing.T, b *browser.Browser, base string, n int) (*story, *hubtest.Federation) {
	t.Helper()
	f := hubtest.NewFederation(t, 3, hubtest.Options{Base: base})
	hosts := origin(t, f.URL)
	for _, m := range f.Members {
		hosts += " " + origin(t, m.URL) + " " + origin(t, m.ServersURL)
	}
	s := newSite(t, f.Members[0])
	s.Policy = policy(hosts)
	var embeds []embed
	for i := range n {
		e := embed{card: sample(), hubs: []string{f.URL}}
		e.card.Spec, e.card.Files = strings.TrimPrefix(specOf(i), "gh/"), nil
		embeds = append(embeds, e)
	}
	st := &story{Page: b.Open(t, browser.Options{Preload: quick}), hub: f.Members[0], site: s}
	st.url = s.post(t, f.Members[0], "/post", embeds...)
	st.GoTo(st.url)
	st.Wait(inState("idle"))
	return st, f
}

// specOf is the spec of the i-th embed of a federation's post.
func specOf(i int) string { return fmt.Sprintf("gh/demo/sine/%040x", i) }

// play gives the members the same scripts for each of n embeds.
func play(f *hubtest.Federation, n int, scripts ...hubtest.Script) {
	for _, member := range f.Members {
		for i := range n {
			member.Script(specOf(i), scripts...)
		}
	}
}

// all is the condition that all embeds are in one of the states.
func all(states string) string {
	return fmt.Sprintf("[...document.querySelectorAll('bokeh-binder')].every(({ dataset }) => %q.split(' ').includes(dataset.state))", states)
}

const runAll = "document.querySelectorAll('bokeh-binder').forEach((embed) => embed.run())"

// together fails where a spec was asked of several members, or of the federation
// again, and counts the requests to the one where requests is not 0.
func together(t *testing.T, f *hubtest.Federation, n, requests int) {
	t.Helper()
	for i := range n {
		asked := f.Asked(specOf(i))
		if len(asked) == 0 || requests != 0 && len(asked) != requests {
			t.Errorf("embed %d: %d requests, want %d", i, len(asked), requests)
		}
		if n := f.Sent(specOf(i)); n != 1 {
			t.Errorf("embed %d: the federation was asked %d times", i, n)
		}
		for _, member := range asked {
			if member != asked[0] {
				t.Errorf("embed %d: two members were asked", i)
				break
			}
		}
	}
}

// cut is a phase in which streams are cut, and what becomes of them.
type cut struct {
	name     string
	before   []hubtest.Step
	requests int
	happened string
}

var many = flag.Bool("all", false, "cut five times as many streams, as make faults does")

// TestOneMember cuts 40 streams in each phase, half of them in each browser, 20 of a
// page, or 200 with -all: whatever becomes of them, one member is asked and nothing is built twice.
// Where a build may go on it is asked again, and where that is not known, the reader
// is.
func TestOneMember(t *testing.T) {
	pages := 1 // in each of two browsers
	if *many {
		pages = 5
	}
	log := hubtest.BuildLog()
	cuts := []cut{
		// Firefox itself repeats what broke before an answer, up to ten times, and there.
		{"before an answer", nil, 0, "The hub does not answer this page"},
		{"before a word", []hubtest.Step{hubtest.Raw(":keepalive\n\n")}, 1, "The connection was lost"},
		{"waiting", []hubtest.Step{hubtest.Send(hub.Waiting("w\n"))}, 2, "The hub is full"},
		{"fetching", []hubtest.Step{hubtest.Send(log[:3]...)}, 2, "The hub is full"},
		{"building", []hubtest.Step{hubtest.Send(log...)}, 2, "The hub is full"},
		{"pushing", []hubtest.Step{hubtest.Send(`{"phase": "pushing", "progress": {"a": {"current": 1, "total": 2}}}`)}, 2, "The hub is full"},
		{"built", []hubtest.Step{hubtest.Send(hubtest.FoundBuilt("image"))}, 1, "The connection was lost"},
		{"launching", []hubtest.Step{hubtest.Send(hub.Launching("Launching server...\n"))}, 1, "The connection was lost"},
	}
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for i, c := range cuts {
			base := "/services/binder/"
			if i%2 == 0 {
				base = ""
			}
			t.Run(c.name, func(t *testing.T) {
				for page := range pages {
					t.Run(strconv.Itoa(page), func(t *testing.T) { c.page(t, b, base) })
				}
			})
		}
	})
}

// page cuts the streams of one page.
func (c *cut) page(t *testing.T, b *browser.Browser, base string) {
	const streams = 20
	s, f := federate(t, b, base, streams)
	gates := make([]*hubtest.Gate, streams)
	for i := range gates {
		steps := slices.Clone(c.before)
		if c.requests == 2 {
			gates[i] = hubtest.NewGate()
			steps = append(steps, hubtest.Wait(gates[i]))
		}
		for _, member := range f.Members {
			member.Script(specOf(i), append(steps, hubtest.Drop()), hubtest.Full())
		}
	}
	if c.before == nil {
		for _, member := range f.Members {
			member.Front(abort)
		}
	}
	s.Eval(runAll, nil)
	if c.requests == 2 {
		s.hearAll(t, gates)
	}
	s.Wait(all("failed"))
	together(t, f, streams, c.requests)
	if other := s.Text(fmt.Sprintf("[...document.querySelectorAll('[data-bb=happened]')].map((e) => e.textContent).find((text) => text !== %q) ?? ''", c.happened)); other != "" {
		t.Errorf("one says %q", other)
	}
}

// hearAll opens the gate of each embed's stream when the page has heard of it. Not
// all of them are open at a time.
func (s *story) hearAll(t *testing.T, gates []*hubtest.Gate) {
	t.Helper()
	heard := 0
	patience.Eventually(t, "all have heard who builds", func() bool {
		known := s.Text("Object.keys(sessionStorage).join(' ')")
		for i, gate := range gates {
			if gate != nil && strings.Contains(known, specOf(i)) {
				gate.Open()
				gates[i] = nil
				heard++
			}
		}
		return heard == len(gates)
	})
}

// abort breaks the connection of a build before anything is answered.
func abort(_ http.ResponseWriter, r *http.Request) bool {
	if strings.Contains(r.URL.Path, "/build/") {
		panic(http.ErrAbortHandler)
	}
	return false
}

// TestBackToTheMember comes back to the member that builds: after a cancel, on
// another page of the tab, and from another embed.
func TestBackToTheMember(t *testing.T) {
	const embeds = 5
	building := hubtest.Script{hubtest.Send(hub.Waiting("w\n")), hubtest.Hold()}
	waiting := "[...document.querySelectorAll('[data-bb=status]')].every((e) => e.textContent === 'Waiting for the build')"
	cancel := "document.querySelectorAll('bokeh-binder').forEach((embed) => embed.cancel())"
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for name, base := range bases {
			t.Run(name, func(t *testing.T) {
				s, f := federate(t, b, base, embeds)
				play(f, embeds, building)
				s.Eval(runAll, nil)
				s.Wait(waiting)
				s.Eval(cancel, nil)
				s.Wait(all("ended"))
				s.Eval(runAll, nil)
				s.Wait(waiting)
				s.GoTo(s.url)
				s.Wait(all("idle"))
				play(f, embeds, hubtest.Cached())
				s.Eval(runAll, nil)
				s.Wait(all("ready"))
				together(t, f, embeds, 3)
			})
		}
	})
}

// TestMemberLeaves has the member go that was building: the reader is told and
// asked, and only then is another one.
func TestMemberLeaves(t *testing.T) {
	building := hubtest.Script{hubtest.Send(hub.Waiting("w\n")), hubtest.Hold()}
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for name, base := range bases {
			t.Run(name, func(t *testing.T) {
				s, f := federate(t, b, base, 1)
				play(f, 1, building)
				s.run()
				s.Wait("document.querySelector('[data-bb=status]').textContent === 'Waiting for the build'")
				f.Leave(f.Asked(specOf(0))[0])
				s.Wait(inState("failed"))
				if got := s.text("happened"); got != "The build cannot be reached" {
					t.Errorf("it says %q", got)
				}
				if n := len(f.Asked(specOf(0))); n != 1 {
					t.Errorf("%d requests before the reader was asked", n)
				}
				play(f, 1, hubtest.Cached())
				s.Click(part("again"))
				s.Wait(inState("ready"))
			})
		}
	})
}

// TestMemberRefuses has a member refuse the request with which the page comes
// back: the reader is told, and nobody else is asked.
func TestMemberRefuses(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s, f := federate(t, b, "", 1)
		gate := hubtest.NewGate()
		play(f, 1, hubtest.Script{hubtest.Send(hub.Waiting("w\n")), hubtest.Wait(gate), hubtest.Drop()}, hubtest.Full(), hubtest.Cached())
		s.run()
		s.hears(gate)
		s.Wait(inState("failed"))
		if got := s.text("happened"); got != "The hub is full" {
			t.Errorf("it says %q", got)
		}
		together(t, f, 1, 2)
	})
}
