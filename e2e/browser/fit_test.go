package browser_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// fitting are apps with the lines of the guide, 777 pixels high, which say their
// theme.
var fitting = map[string]string{
	"bokeh": `from bokeh.io import curdoc
from bokeh.models import Button, CustomJS

button = Button(height=777, sizing_mode="stretch_width")
light = curdoc().theme
THEME
button.label = "light" if curdoc().theme is light else "dark"
curdoc().add_root(button)
HEIGHT
`,
	"panel": `import panel as pn
from bokeh.io import curdoc
from bokeh.models import CustomJS

pn.extension()
pn.widgets.Button(name=pn.config.theme.replace("default", "light"), height=777, sizing_mode="stretch_width").servable()
HEIGHT
`,
}

// guideLines are the lines of the guide's page that are for an app.
func guideLines(t *testing.T) *strings.Replacer {
	t.Helper()
	page, err := os.ReadFile("../../exampleSite/content/guide/tag.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```python\n")
	if len(blocks) != 3 {
		t.Fatalf("%d blocks of Python in the guide", len(blocks)-1)
	}
	for i := range blocks {
		blocks[i], _, _ = strings.Cut(blocks[i], "```")
	}
	return strings.NewReplacer("THEME", blocks[1], "HEIGHT", blocks[2])
}

// TestAppFitsItsPage has real apps learn the page's theme, and tell their height.
func TestAppFitsItsPage(t *testing.T) {
	python := venv.Python(t, "panel", "panel==1.9.4", "bokeh==3.9.2")
	lines := guideLines(t)
	for program, source := range fitting {
		t.Run(program, func(t *testing.T) {
			app := serve(t, python, program, lines.Replace(source))
			browser.Each(t, func(t *testing.T, b *browser.Browser) {
				for theme, style := range map[string]string{"light": "", "dark": "main { background: #111; color: #eee; }"} {
					h := hubtest.New(t, hubtest.Options{App: app})
					s := newSite(t, h)
					e := embed{}
					e.tag.URLPath = "/proxy/5006/bokeh-app?theme={theme}"
					p := b.Open(t, browser.Options{})
					address := s.post(t, h, "/post", e)
					s.pages["/theme.css"] = style
					s.pages["/post"] = strings.Replace(s.pages["/post"], "</head>", `<link rel="stylesheet" href="/theme.css"></head>`, 1)
					p.GoTo(address)
					p.Click(part("run"))
					p.Wait(inState("ready"))
					patience.Eventually(t, "the app has the page's theme", func() bool {
						var is bool
						err := p.TryFrame(fmt.Sprintf("!!globalThis.Bokeh?.documents[0]?.roots().some(({ label }) => label === %q)", theme), &is)
						return err == nil && is
					})
					// With its margins.
					p.Wait("(({ clientHeight }) => clientHeight >= 777 && clientHeight <= 820)(document.querySelector('iframe'))")
				}
			})
		})
	}
}
