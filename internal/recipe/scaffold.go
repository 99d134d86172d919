package recipe

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

//go:embed example/main.py
var exampleApp string

// Options say how a repository is to be set up.
type Options struct {
	// App is the path of the app; empty to find it.
	App string
	// Example says to write an app where there is none.
	Example bool
	// Force says to write files anew that are there.
	Force bool
	// Versions are the versions of packages to ask for, by their normalized
	// names.
	Versions map[string]string
	// Origin is the repository's address, for the badge; its zero value is one
	// that is not known.
	Origin forge.Address
	// Hub is where the badge leads.
	Hub string
}

// Setup is what makes an app of a repository work on a BinderHub.
type Setup struct {
	// App is the app's path, Program what serves it, and URLPath where it will
	// answer.
	App, Program, URLPath string
	Edits                 []Edit
	// Kept are files that are there, and would be written otherwise.
	Kept []string
	// Guessed are imports whose packages are taken to have the same name.
	Guessed []string
	// Left are the findings that remain.
	Left []Finding
}

// StartedError says that a repository starts its apps already.
type StartedError struct{ Path string }

func (e *StartedError) Error() string { return e.Path + " starts an app already" }

// CandidatesError says that it is not clear which app is meant.
type CandidatesError struct{ Paths []string }

func (e *CandidatesError) Error() string {
	if len(e.Paths) == 0 {
		return "there is no app: no folder with a main.py or main.ipynb, and no single file that looks like one"
	}
	return "there are several apps: " + strings.Join(e.Paths, ", ")
}

// Init finds what makes an app of a folder work on a BinderHub. Nothing is
// written.
func Init(ctx context.Context, t repo.Tree, o Options) (*Setup, error) {
	over := &overlay{t, map[string]*string{}}
	var named []string // its text says what serves it
	if path.Ext(o.App) == ".ipynb" && !strings.ContainsAny(o.App, `*?[\`) {
		named = []string{path.Clean(o.App)}
	}
	r, err := Inspect(ctx, over, named)
	if err != nil {
		return nil, err
	}
	s := &scaffold{mender: &mender{over, r.checker}, options: o, setup: &Setup{}}
	if err := s.choose(); err != nil {
		return nil, err
	}
	if s.docker() {
		return nil, fmt.Errorf("%s makes the image, and what it does is its own affair; delete it to let repo2docker build one", s.plan.Path("Dockerfile"))
	}
	s.environmentFile()
	s.configuration()
	s.readme()
	if s.setup.Left, err = tidy(ctx, over); err != nil {
		return nil, err
	}
	s.setup.Edits, err = over.edits(ctx)
	return s.setup, err
}

// tidy mends what is found in the files that were written, where they were
// there before, and returns what is left.
func tidy(ctx context.Context, over *overlay) ([]Finding, error) {
	for range maxRounds {
		r, err := Inspect(ctx, over, nil)
		if err != nil {
			return nil, err
		}
		var ours []Finding
		for _, f := range r.Findings {
			if target, ok := r.Facts.Snapshot.Resolve(f.Path); ok && over.texts[target] != nil {
				ours = append(ours, f)
			}
		}
		if m := (&mender{over, r.checker}); !m.changes(ours) {
			return r.Findings, nil
		}
	}
	r, err := Inspect(ctx, over, nil)
	if err != nil {
		return nil, err
	}
	return r.Findings, nil
}

// scaffold makes the files.
type scaffold struct {
	*mender
	options Options
	setup   *Setup
	name    string
	dir     string // where Binder's files go
}

// choose finds the app, what serves it, and where Binder's files go.
func (s *scaffold) choose() error {
	if len(s.facts.Starts) > 0 && !s.options.Force {
		return &StartedError{s.facts.Starts[0].Path}
	}
	app := path.Clean(s.options.App)
	if s.options.App == "" {
		found := s.candidates()
		switch {
		case len(found) == 1:
			app = found[0]
		case len(found) == 0 && s.options.Example:
			app = "app"
			s.put("app/main.py", exampleApp)
		default:
			return &CandidatesError{found}
		}
	} else if !s.facts.Snapshot.Exists(app) {
		return fmt.Errorf("the repository has no %s", app)
	}
	entry := s.entry(app)
	if entry == "" {
		return fmt.Errorf("%s is neither a folder with a main.py or main.ipynb nor a .py or .ipynb file", app)
	}
	s.setup.App, s.setup.Program = app, programOf(entry, s.current(entry))
	name := base(app)
	if app == "." {
		name = s.facts.Name
	}
	s.name = entryName(name)
	route := base(app)
	if app == "." {
		route = "jovyan"
	}
	s.setup.URLPath = "/" + s.name + "/"
	if s.setup.Program == "bokeh" || s.setup.Program == "panel" {
		s.setup.URLPath += url.PathEscape(route)
	} else {
		s.setup.App = entry
	}
	s.dir = s.plan.Dir
	if s.dir == "" && !s.rootBuilds() {
		s.dir = binder.DotBinder
	}
	return nil
}

// rootBuilds says whether the root has files that a config folder would hide.
func (s *scaffold) rootBuilds() bool {
	return slices.ContainsFunc(s.plan.Files, func(f binder.Use) bool { return !strings.Contains(f.Path, "/") })
}

// entry returns the file that is run of an app.
func (s *scaffold) entry(app string) string {
	for _, name := range []string{"main.py", "main.ipynb"} {
		if p := path.Join(app, name); s.facts.Snapshot.IsFile(p) || s.current(p) != "" {
			return p
		}
	}
	if ext := path.Ext(app); (ext == ".py" || ext == ".ipynb") && s.facts.Snapshot.IsFile(app) {
		return app
	}
	return ""
}

// candidates lists what looks like an app: folders with a main file, or else
// files of the root.
func (s *scaffold) candidates() []string {
	var out []string
	for _, p := range s.facts.Mains() {
		if text := s.text(p); path.Ext(p) == ".ipynb" || looksLikeApp(text) || path.Dir(p) != "." && len(text) == 0 {
			if dir := path.Dir(p); !slices.Contains(out, dir) {
				out = append(out, dir)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, f := range s.facts.Snapshot.Files() {
		if path.Ext(f.Path) == ".py" && !strings.Contains(f.Path, "/") && looksLikeApp(s.text(f.Path)) {
			out = append(out, f.Path)
		}
	}
	return out
}

// looksLikeApp says whether a Python source is of an app that a server runs.
func looksLikeApp(source string) bool {
	if FrameworkOf(source) != "" {
		return true
	}
	for _, i := range Imports(source) {
		if i.Name == "bokeh" && strings.Contains(source, "curdoc") || i.Name == "panel" && strings.Contains(source, "servable") {
			return true
		}
	}
	return false
}

// programOf chooses what serves an app.
func programOf(entry, source string) string {
	if path.Ext(entry) == ".ipynb" {
		switch {
		case strings.Contains(source, "import panel") || strings.Contains(source, "servable("):
			return "panel"
		case path.Base(entry) == "main.ipynb" && (source == "" || strings.Contains(source, "bokeh")):
			return "bokeh"
		}
		return "voila"
	}
	switch FrameworkOf(source) {
	case Streamlit:
		return "streamlit"
	case Dash:
		return "dash"
	}
	for _, i := range Imports(source) {
		if i.Name == "panel" {
			return "panel"
		}
	}
	return "bokeh"
}

// place returns the path of one of Binder's files.
func (s *scaffold) place(name string) string { return binder.Config{Dir: s.dir}.Path(name) }

// packages lists what the app needs, by the names of packages.
func (s *scaffold) packages() (known, guessed []string) {
	entry := s.entry(s.setup.App)
	wanted := map[string]bool{s.setup.Program: true, "jupyter-server-proxy": true}
	unknown := map[string]bool{}
	dir := path.Dir(entry)
	for _, f := range append(s.facts.Snapshot.Files(), repo.File{Path: entry}) {
		own := f.Path == entry || path.Dir(f.Path) == dir && dir != "."
		if path.Ext(f.Path) != ".py" || !own {
			continue
		}
		for _, i := range Imports(s.current(f.Path)) {
			name := distribution(i.Name)
			switch _, listed := needs[name]; {
			case i.Tried || standard[i.Name] || s.ours(i.Name):
			case listed || inBase[name] || distributions[i.Name] != "":
				wanted[name] = true
			default:
				unknown[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(wanted)), slices.Sorted(maps.Keys(unknown))
}

// pin writes a package with the version that was asked for.
func (s *scaffold) pin(name, sign string) string {
	if v := s.options.Versions[name]; v != "" {
		return name + sign + v
	}
	return name
}

// environmentFile writes environment.yml, or adds to the list that is there.
func (s *scaffold) environmentFile() {
	known, guessed := s.packages()
	s.setup.Guessed = guessed
	if s.plan.Pack != "" && !(s.options.Force && s.plan.Pack == binder.Conda) {
		s.addPackages(append(known, guessed...))
		return
	}
	var b strings.Builder
	b.WriteString("channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n")
	for _, name := range known {
		fmt.Fprintf(&b, "  - %s\n", s.pin(name, "="))
	}
	if len(guessed) > 0 {
		b.WriteString("  - pip\n  - pip:\n")
		for _, name := range guessed {
			fmt.Fprintf(&b, "    - %s\n", s.pin(name, "=="))
		}
	}
	s.put(s.place("environment.yml"), b.String())
}

// addPackages asks for what the environment that is there lacks.
func (s *scaffold) addPackages(names []string) {
	sign := "=="
	if s.plan.Pack == binder.Conda {
		sign = "="
	}
	if s.env.insert == nil && s.plan.Pack != binder.Conda {
		s.env.insert = &insertion{s.place("requirements.txt"), 1, ""}
	}
	byFile := map[string][]Change{}
	for _, name := range names {
		if s.env.has(name) || inBase[name] || s.env.insert == nil {
			continue
		}
		for _, c := range s.env.request(s.pin(name, sign)) {
			byFile[c.Path] = append(byFile[c.Path], c)
		}
	}
	for p, changes := range byFile {
		s.put(p, Apply(s.current(p), changes))
	}
}

// configuration writes Jupyter's configuration and the postBuild that installs
// it.
func (s *scaffold) configuration() {
	config, post := s.place("jupyter_server_config.py"), s.place(binder.PostBuild)
	text := configHead
	if old := s.current(config); old != "" && !s.options.Force {
		s.setup.Kept = append(s.setup.Kept, config)
		text = strings.TrimRight(old, "\n") + "\n\n"
	}
	text += entryConfig(s.setup.Program, s.setup.App, s.name)
	switch s.setup.Program {
	case "bokeh", "panel":
	default:
		text += partitionedCookie
	}
	s.put(config, text)
	if old := s.current(post); old != "" && !s.options.Force {
		s.setup.Kept = append(s.setup.Kept, post)
		s.put(post, strings.TrimRight(old, "\n")+"\n"+strings.Join(installLines(config), "\n")+"\n")
		return
	}
	s.put(post, "#!/bin/bash\nset -euo pipefail\n\n# Jupyter looks for its configuration here.\n"+strings.Join(installLines(config), "\n")+"\n")
}

var heading = regexp.MustCompile(`(?m)^# .*\n`)

// badge is the Markdown of a button that launches the app.
func (s *scaffold) badge() string {
	provider, spec := binder.LaunchSpec(s.options.Origin, "HEAD")
	if spec == "" {
		return ""
	}
	return fmt.Sprintf("[![Launch on Binder](%s/badge_logo.svg)](%s)", s.options.Hub, binder.LaunchURL(s.options.Hub, provider, spec, s.setup.URLPath))
}

// readme writes a badge below the readme's first heading, where the
// repository's address is known and there is no launch link yet.
func (s *scaffold) readme() {
	badge := ""
	if s.options.Origin.URL != "" {
		badge = s.badge()
	}
	file := "README.md"
	for _, f := range s.facts.Snapshot.Files() {
		if strings.EqualFold(f.Path, "readme.md") {
			file = f.Path
		} else if strings.HasPrefix(strings.ToLower(f.Path), "readme.") && !strings.EqualFold(f.Path, "readme.md") {
			return
		}
	}
	old := s.current(file)
	if badge == "" || launchLink.MatchString(old) {
		return
	}
	if old == "" {
		s.put(file, "# "+s.facts.Name+"\n\n"+badge+"\n")
		return
	}
	at := 0
	if loc := heading.FindStringIndex(old); loc != nil {
		at = loc[1]
	}
	before, after := old[:at], strings.TrimLeft(old[at:], "\n")
	if before != "" {
		before += "\n"
	}
	s.put(file, before+badge+"\n\n"+after)
}
