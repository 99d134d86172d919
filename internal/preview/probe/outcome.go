package probe

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
)

// Step is one thing that a reader's browser does, or has done for it.
type Step struct {
	// Name is one word: "build", "server", "page", "scripts", "socket" or "app".
	Name string
	// Text says what happened, in lower case without a full stop.
	Text string
	// Failed says that the app does not work because of it.
	Failed bool
	// Log is what was printed meanwhile, for a step that failed.
	Log []string
	// Rules are ids of findings that would explain a failure, or what is
	// remarkable, the likeliest first.
	Rules []string
}

// Outcome is what happened, in the order in which it does. Steps after one that
// failed are left out where they follow from it.
type Outcome struct {
	Steps []Step
}

// Failure is the first step that failed; nil where the app works.
func (o *Outcome) Failure() *Step {
	for i := range o.Steps {
		if o.Steps[i].Failed {
			return &o.Steps[i]
		}
	}
	return nil
}

// maxLog is how many lines of a log are told.
const maxLog = 40

// last are the last lines of a log.
func last(lines []string) []string {
	if over := len(lines) - maxLog; over > 0 {
		return append([]string{fmt.Sprintf("… %d lines before", over)}, lines[over:]...)
	}
	return lines
}

// judge tells what it means.
func (s *seen) judge(t Target) *Outcome {
	o := &Outcome{}
	for _, step := range []func(Target) *Step{s.build, s.server, s.pageStep, s.scripts, s.socket, s.app} {
		got := step(t)
		if got == nil {
			continue
		}
		if got.Failed {
			got.Log = last(got.Log)
		} else {
			got.Log = nil
		}
		o.Steps = append(o.Steps, *got)
		if got.Failed {
			break
		}
	}
	return o
}

func (s *seen) build(Target) *Step {
	if s.launch.built {
		return &Step{Name: "build", Text: "done"}
	}
	return &Step{Name: "build", Failed: true, Log: s.launch.lines, Text: cmp.Or(s.launch.failure, "it does not end"), Rules: []string{
		"script-crlf", "script-broken", "script-mark", "copy-missing", "removed-command", "extension-enable-unlisted",
		"requirement-broken", "environment-broken", "pyproject-broken", "pipfile-broken", "runtime-malformed", "python-unsupported",
		"two-config-folders", "legacy-dockerfile", "julia-require", "apt-invalid", "r-unsupported", "submodule-unreachable",
	}}
}

func (s *seen) server(Target) *Step {
	if s.launch.url != "" {
		return &Step{Name: "server", Text: "started"}
	}
	return &Step{Name: "server", Failed: true, Log: s.launch.lines, Text: cmp.Or(s.launch.failure, "it does not start"), Rules: []string{
		"start-no-exec", "start-blocks", "config-item", "script-crlf", "script-mark", "script-broken",
	}}
}

// missing are the findings that explain that nothing answers as the app.
var missing = []string{
	"proxy-missing", "nbserverproxy", "server-missing", "config-not-installed", "config-item", "extension-not-enabled", "extension-no-loader",
	"removed-command-unseen", "no-app-start", "app-missing", "app-address-unknown", "link-port", "port-mismatch", "postbuild-unchecked", "copy-missing",
}

func (s *seen) pageStep(t Target) *Step {
	step := &Step{Name: "page", Failed: true, Log: s.output(t)}
	r := s.page()
	switch {
	case r == nil:
		step.Text = "it was never asked for"
	case isLogin(*r):
		step.Text = fmt.Sprintf("%s leads to a page to log in, since the token is lost on the way: name the very address of the app", short(r.From[0], s.launch.url))
		step.Rules = []string{"link-not-app", "cookie-needed"}
	case r.Status >= 500:
		step.Text = fmt.Sprintf("%s answers %d: the app's own server did not start or does not answer", short(r.URL, s.launch.url), r.Status)
		step.Rules = append([]string{"proxy-timeout", "start-race"}, missing...)
	case r.Status >= 400:
		step.Text = fmt.Sprintf("%s answers %d: nothing is there", short(r.URL, s.launch.url), r.Status)
		step.Rules = append([]string{"link-not-app"}, missing...)
	case r.Error != "":
		step.Text = fmt.Sprintf("%s cannot be shown in a frame: %s", short(r.URL, s.launch.url), r.Error)
		step.Rules = []string{"voila-frame"}
	case r.Status == 0:
		step.Text = short(r.URL, s.launch.url) + " does not answer"
		step.Rules = append([]string{"proxy-timeout"}, missing...)
	default:
		step.Failed = false
		step.Text = fmt.Sprintf("%s answers %d %s", short(r.URL, s.launch.url), r.Status, r.Type)
		if s.late {
			step.Text += ", but not at first: a reader who comes too early sees an error"
			step.Rules = []string{"start-race", "proxy-timeout"}
		}
	}
	return step
}

// states are those of a page that does not get its scripts, the ones that say
// most first.
var states = []struct {
	state state
	text  string
	rules []string
}{
	{stateLocal, "asked of this very machine, where a reader has none", []string{"white-page"}},
	{stateMissing, "not there", []string{"white-page", "dash-prefix", "tab-only"}},
	{stateLogin, "refused for want of a cookie, which is not sent in another site's frame", []string{"tab-only", "prefix-cookie", "cookie-needed", "resources-ignored"}},
	{stateBlocked, "not loaded", nil},
}

func (s *seen) scripts(t Target) *Step {
	parts := s.parts(t)
	if len(parts) == 0 {
		if s.view.Bokeh || s.view.drawn() {
			return s.lacking(t, &Step{Name: "scripts", Text: "all are in the page itself"})
		}
		return nil
	}
	by := map[state][]string{}
	standIn := 0
	for _, r := range parts {
		is := stateOf(r, s.launch.url)
		by[is] = append(by[is], describe(r, s.launch.url))
		if is == stateLoaded && strings.Contains(r.URL, "/cdn/cdn.") {
			standIn++
		}
	}
	for _, wrong := range states {
		// A document of Bokeh's that is drawn did not need them. Of other frameworks
		// it cannot be told: their pages say "Loading" before anything works.
		if list := by[wrong.state]; len(list) > 0 && !(s.view.Known && s.view.Bokeh && s.view.drawn()) {
			text := fmt.Sprintf("%d of %d are %s: %s", len(list), len(parts), wrong.text, list[0])
			if len(list) > 1 {
				text += " and others"
			}
			return &Step{Name: "scripts", Failed: true, Text: text, Log: slices.Concat(s.traffic.Problems, s.output(t)), Rules: wrong.rules}
		}
	}
	text := fmt.Sprintf("%d loaded", len(by[stateLoaded]))
	if standIn > 0 {
		text += fmt.Sprintf(", %d of them those that are installed here, in place of a CDN's", standIn)
	}
	if list := by[stateUnreachable]; len(list) > 0 {
		text += fmt.Sprintf("; %d could not be reached from here: %s", len(list), list[0])
	}
	return s.lacking(t, &Step{Name: "scripts", Text: text})
}

// lacking says at a step that does not fail what else the page asked the app's server
// for and did not get, such as images: it works without.
func (s *seen) lacking(t Target, step *Step) *Step {
	by := map[state][]string{}
	for _, r := range s.traffic.Exchanges {
		asked := first(r)
		if r.Kind != "Document" && !strings.HasPrefix(asked, t.origin()+"/") && strings.HasPrefix(asked, s.launch.url) {
			is := stateOf(r, s.launch.url)
			by[is] = append(by[is], describe(r, s.launch.url))
		}
	}
	for _, wrong := range states {
		if list := by[wrong.state]; len(list) > 0 && (wrong.state == stateLogin || wrong.state == stateMissing) {
			step.Text += fmt.Sprintf("; of what else the page asks for, %d are %s: %s", len(list), wrong.text, list[0])
			if wrong.state == stateLogin {
				step.Rules = append(step.Rules, "static-cookie", "tab-only")
			}
		}
	}
	return step
}

// describe names a request by the address that the page has, and says what came.
func describe(r browse.Exchange, server string) string {
	text := short(first(r), server)
	switch {
	case r.Status >= 400:
		text += fmt.Sprintf(" (%d)", r.Status)
	case r.Error != "":
		text += " (" + r.Error + ")"
	}
	return text
}

func (s *seen) socket(t Target) *Step {
	step := &Step{Name: "socket", Failed: true, Log: slices.Concat(s.traffic.Problems, s.output(t))}
	if len(s.traffic.Sockets) == 0 {
		if !s.view.Bokeh {
			return nil // other frameworks may do without
		}
		step.Text = "none was opened: the page's script does not run"
		return step
	}
	best := s.traffic.Sockets[0]
	for _, socket := range s.traffic.Sockets {
		if socket.Received > best.Received || best.Status != 101 && socket.Status == 101 {
			best = socket
		}
	}
	switch {
	case best.Status == 101 && best.Received > 0:
		return &Step{Name: "socket", Text: "opened, and the server answers"}
	case best.Status == 101 && best.Closed: // by the proxy, which opens it first
		step.Text = "closed again before the app's server has answered, as when it takes none from this page"
		step.Rules = []string{"origin-missing", "origin-narrow"}
	case best.Status == 101:
		step.Text = "opened, but the server says nothing"
	case best.Status == 403:
		step.Text = "refused (403): the app's server takes none from this page"
		step.Rules = []string{"origin-missing", "origin-narrow", "cookie-needed"}
	case best.Status >= 300 && best.Status < 400:
		step.Text = "refused for want of a cookie, which is not sent in another site's frame"
		step.Rules = []string{"cookie-needed", "prefix-cookie"}
	case best.Status > 0:
		step.Text = fmt.Sprintf("refused (%d)", best.Status)
		step.Rules = []string{"origin-missing", "origin-narrow"}
	default:
		step.Text = cmp.Or(best.Error, "it does not open")
		step.Rules = []string{"origin-missing", "origin-narrow"}
	}
	return step
}

func (s *seen) app(t Target) *Step {
	step := &Step{Name: "app", Failed: true, Log: slices.Concat(s.traffic.Problems, s.output(t))}
	switch {
	case s.view.Bokeh && s.view.Roots == 0:
		step.Text = "the document is empty: the app's code fails, or adds nothing to it"
		step.Rules = []string{"import-missing", "data-beside-app", "data-missing", "data-from-root", "lfs-data", "app-missing"}
	case !s.view.Known:
		if !s.view.Bokeh {
			return nil // its page has what it has
		}
		return &Step{Name: "app", Text: fmt.Sprintf("its document has %s; whether they are drawn can be seen with Chromium or Chrome alone", count(s.view.Roots, "root"))}
	case !s.view.drawn():
		step.Text = "nothing is drawn"
	default:
		return &Step{Name: "app", Text: "it is drawn"}
	}
	return step
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// chatter are the lines in which Jupyter says that all is as it should be.
var chatter = regexp.MustCompile(`^\[[DI] \d{4}-\d\d-\d\d `)

// output is what the servers have printed.
func (s *seen) output(t Target) []string {
	if t.Output == nil {
		return nil
	}
	return slices.DeleteFunc(t.Output(), chatter.MatchString)
}
