package browser_test

import (
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestRun is the main story: a click, a build, the app in the page.
func TestRun(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		gate := hubtest.NewGate()
		script := append(hubtest.Script{hubtest.Wait(gate)}, hubtest.Fresh()...)
		s := tell(t, b, browser.Options{}, script)
		s.Wait(inState("idle"))
		s.run()
		s.Wait(inState("building"))
		if got := s.text("status"); got != "Asking the hub" {
			t.Errorf("status is %q", got)
		}
		gate.Open()
		s.Wait(inState("ready"))
		build := s.hub.Builds()[0]
		if build.Origin != s.site.URL {
			t.Errorf("the hub was asked from %q", build.Origin)
		}
		patience.Eventually(t, "the stream is closed after ready", func() bool {
			select {
			case <-build.Done():
				return true
			default:
				return false
			}
		})
		server := s.hub.Started()[0]
		if got, want := s.Text("document.querySelector('iframe').src"), server.URL+"proxy/5006/bokeh-app?token="+server.Token; got != want {
			t.Errorf("the frame shows %s, want %s", got, want)
		}
		if n := len(s.hub.Builds()); n != 1 {
			t.Errorf("%d builds", n)
		}
		if p := s.Problems(); len(p) > 0 {
			t.Errorf("problems: %s", strings.Join(p, "\n"))
		}
	})
}

// TestDoubleClick is one click: the second must not hit what the first brings.
func TestDoubleClick(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{}, hubtest.Silent())
		s.run()
		s.WaitFor(part("cancel"))
		s.Eval("document.querySelector('[data-bb=cancel]').dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 2 }))", nil)
		if !s.Is(inState("building")) {
			t.Error("the build was cancelled")
		}
		s.Click(part("cancel"))
		s.Wait(inState("ended"))
	})
}
