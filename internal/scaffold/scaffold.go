package scaffold

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

	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
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
	// App is the app's path, and URLPath where it will answer.
	App, URLPath string
	// Framework serves it.
	Framework *framework.Framework
	Edits     []rewrite.Edit
	// Kept are files that are there, and would be written otherwise.
	Kept []string
	// Guessed are imports whose packages are taken to have the same name.
	Guessed []string
	// Left are the findings that remain.
	Left []lint.Finding
}

// StartedError says that a repository starts its apps already.
type StartedError struct{ Path string }

func (e *StartedError) Error() string { return e.Path + " starts an app already" }

// CandidatesError says that it is not clear which app is meant.
type CandidatesError struct{ Paths []string }

func (e *CandidatesError) Error() string {
	if len(e.Paths) == 0 {
		return "there is no app: no folder with a main.py or main.ipynb, and no file in the root that looks like one"
	}
	return "there are several apps: " + strings.Join(e.Paths, ", ")
}

// AppError says of a path that was given why it is no app.
type AppError struct{ Path, Text string }

func (e *AppError) Error() string { return e.Path + " " + e.Text }

// Init finds what makes an app of a folder work on a BinderHub. Nothing is
// written.
func Init(ctx context.Context, t repo.Tree, o Options) (*Setup, error) {
	over := newOverlay(t)
	var named []string // its text says what serves it
	if path.Ext(o.App) == ".ipynb" && !strings.ContainsAny(o.App, `*?[\`) {
		named = []string{path.Clean(o.App)}
	}
	r, err := lint.CheckTree(ctx, over, named)
	if err != nil {
		return nil, err
	}
	s := &scaffold{mender: &mender{over, r.Facts}, options: o, setup: &Setup{}}
	if err := s.choose(); err != nil {
		return nil, err
	}
	if s.facts.Docker() {
		return nil, fmt.Errorf("%s says how the image is made, and nothing else is used; delete it to let repo2docker make one", s.facts.Plan.Path("Dockerfile"))
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
func tidy(ctx context.Context, over *overlay) ([]lint.Finding, error) {
	for range maxRounds {
		r, err := lint.CheckTree(ctx, over, nil)
		if err != nil {
			return nil, err
		}
		var ours []lint.Finding
		for _, f := range r.Findings {
			if target, ok := r.Facts.Snapshot.Resolve(f.At.File); ok && over.texts[target] != nil {
				ours = append(ours, f)
			}
		}
		if m := (&mender{over, r.Facts}); !m.changes(ours) {
			return r.Findings, nil
		}
	}
	r, err := lint.CheckTree(ctx, over, nil)
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
		found := s.facts.Likely()
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
		return &AppError{app, "is not in the repository"}
	}
	entry := s.entry(app)
	if entry == "" {
		return &AppError{app, "is neither a folder with a main.py or main.ipynb nor a .py or .ipynb file"}
	}
	s.setup.App, s.setup.Framework = app, frameworkOf(entry, s.current(entry))
	name := repository.Stem(app)
	if app == "." {
		name = s.facts.Name
	}
	s.name = entryName(name)
	route := repository.Stem(app)
	if app == "." {
		route = "jovyan"
	}
	s.setup.URLPath = "/" + s.name + "/"
	if s.setup.Framework.Routes {
		s.setup.URLPath += url.PathEscape(route)
	} else {
		s.setup.App = entry
	}
	s.dir = s.facts.Plan.Dir
	if s.dir == "" && !s.rootBuilds() {
		s.dir = binder.DotBinder
	}
	return nil
}

// rootBuilds says whether the root has files that a config folder would hide.
func (s *scaffold) rootBuilds() bool {
	return slices.ContainsFunc(s.facts.Plan.Files, func(f binder.Use) bool { return !strings.Contains(f.Path, "/") })
}

// entry returns the file that is run of an app.
func (s *scaffold) entry(app string) string {
	for _, name := range framework.Mains() {
		if p := path.Join(app, name); s.facts.Snapshot.IsFile(p) || s.current(p) != "" {
			return p
		}
	}
	if ext := path.Ext(app); (ext == ".py" || ext == ".ipynb") && s.facts.Snapshot.IsFile(app) {
		return app
	}
	return ""
}

// frameworkOf chooses what serves an app: what its source is written for.
func frameworkOf(entry, source string) *framework.Framework {
	m := repository.ReadModule(entry, source, nil)
	if path.Ext(entry) != ".py" {
		if source == "" {
			m = nil
		}
		return repository.FrameworkOfNotebook(path.Base(entry), m)
	}
	if f := repository.FrameworkOf(m); f != nil {
		return f
	}
	return framework.Default()
}

// place returns the path of one of Binder's files.
func (s *scaffold) place(name string) string { return binder.Config{Dir: s.dir}.Path(name) }

// packages lists what the app needs, by the names of packages.
func (s *scaffold) packages() (known, guessed []string) {
	entry := s.entry(s.setup.App)
	wanted := map[string]bool{s.setup.Framework.Package: true, "jupyter-server-proxy": true}
	unknown := map[string]bool{}
	dir := path.Dir(entry)
	for _, f := range append(s.facts.Snapshot.Files(), repo.File{Path: entry}) {
		own := f.Path == entry || path.Dir(f.Path) == dir && dir != "."
		if path.Ext(f.Path) != ".py" || !own {
			continue
		}
		for _, i := range repository.Imports(repository.ReadModule(f.Path, s.current(f.Path), nil)) {
			name := installed.Distribution(i.Name)
			switch {
			case i.Tried || installed.Standard(i.Name) || s.facts.HasModule(i.Name) || wanted[name]:
			case installed.Listed(i.Name):
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
	if s.facts.Plan.Pack != "" && !(s.options.Force && s.facts.Plan.Pack == binder.Conda) {
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
	if s.facts.Plan.Pack == binder.Conda {
		sign = "="
	}
	at, ok := s.facts.Installed.Insert(installed.Server)
	if list := s.place("requirements.txt"); !ok && s.facts.Plan.Pack != binder.Conda && !s.facts.Snapshot.Exists(list) {
		at, ok = installed.Insertion{Path: list, Line: 1}, true
	}
	if !ok {
		return
	}
	var changes []lint.Change
	for _, name := range names {
		if s.facts.Installed.Has(name, installed.Server) != truth.Yes {
			changes = append(changes, lint.Change{Path: at.Path, Line: at.Line, Insert: []string{at.Prefix + s.pin(name, sign)}})
		}
	}
	if len(changes) > 0 {
		s.put(at.Path, lint.Apply(s.current(at.Path), changes))
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
	text += entryConfig(s.setup.Framework, s.setup.App, s.name)
	if s.setup.Framework.Cookie {
		text += partitionedCookie
	}
	s.put(config, text)
	if old := s.current(post); old != "" && !s.options.Force {
		s.setup.Kept = append(s.setup.Kept, post)
		s.put(post, strings.TrimRight(old, "\n")+"\n"+strings.Join(lint.InstallLines(config), "\n")+"\n")
		return
	}
	s.put(post, "#!/bin/bash\nset -euo pipefail\n\n# Jupyter looks for its configuration here.\n"+strings.Join(lint.InstallLines(config), "\n")+"\n")
}

var heading = regexp.MustCompile(`(?m)^# .*\n`)

// badge is the Markdown of a button that launches the app.
func (s *scaffold) badge() string {
	provider, spec := binder.LaunchSpec(s.options.Origin, "HEAD")
	if spec == "" {
		return ""
	}
	return binder.Badge(binder.BadgeFormats()[0], s.options.Hub, binder.LaunchURL(s.options.Hub, provider, spec, s.setup.URLPath))
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
	if badge == "" || repository.HasLaunchLink(file, old) {
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
