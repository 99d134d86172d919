package preview_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// clicked notes in a page when a reader clicks, when the hub is asked, when it is first
// heard of in which phase, when the frame gets its address, and when the app's page is
// loaded: milliseconds of the page's clock.
const clicked = `{
	window.times = { phases: {} };
	const now = () => performance.now();
	addEventListener("click", () => { times.click ??= now(); }, true);
	const Source = EventSource;
	window.EventSource = class extends Source {
		constructor(...a) {
			super(...a);
			if (!times.click) return;
			times.asked ??= now();
			this.addEventListener("message", (e) => { times.phases[JSON.parse(e.data).phase] ??= now(); });
		}
	};
	new MutationObserver(() => { if (document.querySelector("bokeh-binder iframe[src]")) times.framed ??= now(); })
		.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
	addEventListener("bokeh-binder:state", (e) => { if (e.detail.state === "ready") times.ready ??= now(); });
}`

// times are what a page noted.
type times struct {
	Click, Asked, Framed, Ready float64
	Phases                      map[string]float64
}

// steps of a launch, by the page's clock.
var steps = []struct {
	what, whose string
	seconds     func(t times) float64
}{
	{"the hub is asked", "bokehbinder's script", func(t times) float64 { return t.Asked - t.Click }},
	{"the image is ready", "the hub: environment and postBuild", func(t times) float64 { return t.imageReady() - t.Asked }},
	{"the server answers", "Jupyter", func(t times) float64 { return t.Phases["ready"] - t.imageReady() }},
	{"the frame has the app's address", "bokehbinder's script", func(t times) float64 { return t.Framed - t.Phases["ready"] }},
	{"the app's page is loaded", "Jupyter's proxy and Bokeh", func(t times) float64 { return t.Ready - t.Framed }},
}

// imageReady is when the hub began to launch.
func (t times) imageReady() float64 {
	for _, phase := range []string{"built", "launching"} {
		if at, ok := t.Phases[phase]; ok {
			return at
		}
	}
	return t.Phases["ready"]
}

// launched is what one launch took, in seconds: its steps, and until the app shows a text.
type launched struct {
	steps []float64
	shown float64
}

// click opens a preview's page with an empty storage and launches its app.
func click(b *testing.B, chromium *browser.Browser, p *process) (l launched) {
	b.Helper()
	v := page{chromium.Open(b, browser.Options{Height: 1200, Preload: clicked}), b}
	v.GoTo(p.url)
	v.Wait("!location.search && customElements.get('bokeh-binder')")
	start := time.Now()
	v.run("#bb-1")
	v.shown(b, "1.0 m takes")
	l.shown = time.Since(start).Seconds()
	var t times
	v.Eval("times", &t)
	for _, step := range steps {
		took := step.seconds(t) / 1000
		if took < 0 {
			b.Fatalf("until %s it took %v seconds: %+v", step.what, took, t)
		}
		l.steps = append(l.steps, took)
	}
	return l
}

// BenchmarkClick launches an app on the real Jupyter and Bokeh: cold, the first time
// after the preview's start, and warm, when the hub has the image. It reports what of the
// time is the script's.
func BenchmarkClick(b *testing.B) {
	chromium := browser.Start(b, "chromium")
	var cold, warm []launched
	for b.Loop() {
		for range figures.Runs() {
			p := start(b, write(b, "post.md", post), "--work-tree", dashboard(b, "pendulum"))
			cold = append(cold, click(b, chromium, p))
			warm = append(warm, click(b, chromium, p))
			p.stop()
		}
	}
	table := figures.Table{Columns: []string{"until", "by", "cold, s", "warm, s"}}
	ours := func(l launched) (ours float64) {
		for i, step := range steps {
			if step.whose == steps[0].whose {
				ours += l.steps[i]
			}
		}
		return ours
	}
	both := func(what, whose string, of func(launched) float64) {
		table.Add(what, whose, sample(cold, of).Spread(seconds), sample(warm, of).Spread(seconds))
	}
	for i, step := range steps {
		both(step.what, step.whose, func(l launched) float64 { return l.steps[i] })
	}
	both("**the app shows its text**, since the click", "all", untilShown)
	both("**of it bokehbinder's script**", "", ours)
	share := func(of []launched) float64 { return 100 * sample(of, ours).Median() / sample(of, untilShown).Median() }
	b.ReportMetric(sample(cold, untilShown).Median(), "s-cold")
	b.ReportMetric(sample(warm, untilShown).Median(), "s-warm")
	b.ReportMetric(share(warm), "%-ours")
	inline, cdn := appPage(b, "inline"), appPage(b, "cdn")
	figures.Record(b, "click", figures.Section{
		Title: "From the click to the app",
		Text: fmt.Sprintf(`The example's dashboard, in Chromium, on a hub that speaks BinderHub's protocol and launches on
this machine, by the real Jupyter and Bokeh. Cold is the first launch of a preview, warm the next
one, for which the image is there. A public hub builds for minutes and its network adds to that; what
is bokehbinder's is the same. Runs of each: %d.`, figures.Runs()),
		Tables: []figures.Table{table, {
			Columns: []string{"the app's page, before scripts from elsewhere", "bytes"},
			Rows:    [][]string{{"`BOKEH_RESOURCES=inline`", figures.Bytes(inline)}, {"`BOKEH_RESOURCES=cdn`", figures.Bytes(cdn)}},
		}},
		Quoted: map[string]string{
			"app-inline": figures.Bytes(inline), "app-cdn": figures.Bytes(cdn),
			"click-ours": fmt.Sprintf("%.1f %%", share(warm)),
		},
	})
}

func untilShown(l launched) float64 { return l.shown }

func seconds(v float64) string { return fmt.Sprintf("%.3f", v) }

func sample(of []launched, value func(launched) float64) (s figures.Sample) {
	for _, l := range of {
		s = append(s, value(l))
	}
	return s
}

// appPage is how many bytes the app's page has, as Bokeh serves it.
func appPage(b *testing.B, resources string) float64 {
	b.Helper()
	port := fmt.Sprint(machine.FreePort(b))
	cmd := exec.Command(filepath.Join(environment(b), "bin", "bokeh"), "serve", filepath.Join(dashboard(b, "pendulum"), "pendulum"), "--port", port)
	cmd.Env = append(os.Environ(), "BOKEH_RESOURCES="+resources)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}()
	var size int
	patience.Eventually(b, "Bokeh answers", func() bool {
		res, err := http.Get("http://127.0.0.1:" + port + "/pendulum")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		size = len(body)
		return err == nil && res.StatusCode == http.StatusOK
	})
	return float64(size)
}
