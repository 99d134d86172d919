package recipe

import (
	"context"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// Repair is what mends a repository.
type Repair struct {
	Edits []Edit
	// Mended are the ids of the findings that are gone afterwards, and Left
	// the findings that are not: a person has to decide about them.
	Mended []string
	Left   []Finding
}

// maxRounds bounds how often what was mended is checked again: mending one
// finding may show another.
const maxRounds = 8

// Fix finds what mends a repository, finding by finding. Nothing is written.
func Fix(ctx context.Context, t repo.Tree) (*Repair, error) {
	o := &overlay{t, map[string]*string{}}
	r, err := Inspect(ctx, o, nil)
	if err != nil {
		return nil, err
	}
	first := r.Findings
	for range maxRounds {
		m := &mender{overlay: o, checker: r.checker}
		if !m.adopt() && !m.changes(r.Findings) {
			break
		}
		if r, err = Inspect(ctx, o, nil); err != nil {
			return nil, err
		}
	}
	out := &Repair{Left: r.Findings}
	for _, f := range first {
		if !slices.ContainsFunc(r.Findings, func(left Finding) bool { return left.ID == f.ID }) && !slices.Contains(out.Mended, f.ID) {
			out.Mended = append(out.Mended, f.ID)
		}
	}
	out.Edits, err = o.edits(ctx)
	return out, err
}

// mender changes the files of one round.
type mender struct {
	overlay *overlay
	*checker
}

// real is where a path leads: a config folder may be a symbolic link.
func (m *mender) real(p string) string {
	if target, ok := m.facts.Snapshot.Resolve(p); ok {
		return target
	}
	return p
}

func (m *mender) put(p, text string) { m.overlay.texts[m.real(p)] = &text }

func (m *mender) drop(p string) { m.overlay.texts[m.real(p)] = nil }

// current returns a file's text as it is now, in this round.
func (m *mender) current(p string) string {
	if text, ok := m.overlay.texts[m.real(p)]; ok {
		if text == nil {
			return ""
		}
		return *text
	}
	return m.text(p)
}

// changes makes the small changes that findings bring. It says whether there
// were any.
func (m *mender) changes(findings []Finding) bool {
	byFile := map[string][]Change{}
	for _, f := range findings {
		for _, c := range f.Changes {
			byFile[c.Path] = append(byFile[c.Path], c)
		}
	}
	changed := false
	for p, list := range byFile {
		old := m.current(p)
		if text := Apply(old, list); text != old {
			m.put(p, text)
			changed = true
		}
	}
	return changed
}

// adopt starts by entries of jupyter-server-proxy what an extension or a start
// script starts, and takes those out. It says whether it did.
func (m *mender) adopt() bool {
	var apps []inspect.App
	for _, a := range m.facts.Apps {
		if a.Start.Serve != nil && a.Start.Kind != inspect.StartProxy {
			apps = append(apps, a)
		}
	}
	if len(apps) == 0 || m.docker() || m.postBuild != nil && (!m.postBuild.shell || m.postBuild.err != nil) || !m.removable(apps) {
		return false
	}
	config := m.plan.Path("jupyter_server_config.py")
	text := m.current(config)
	if text == "" {
		text = configHead
	}
	for i := range apps {
		text += entryConfig(apps[i].Start.Serve.Program, servedFile(&apps[i]), entryName(apps[i].Name)) + "\n"
	}
	m.put(config, strings.TrimRight(text, "\n")+"\n")
	for _, a := range apps {
		m.remove(a.Start)
	}
	m.install(config)
	return true
}

// removable says whether all that starts the apps can be taken out: modules
// that do nothing else, and single lines of the start script.
func (m *mender) removable(apps []inspect.App) bool {
	for _, a := range apps {
		switch {
		case a.Start.Kind == inspect.StartExtension && path.Ext(a.Start.Path) == ".py" && path.Base(a.Start.Path) != "__init__.py" && m.facts.IsExtension(a.Start.Path):
		case a.Start.Kind == inspect.StartScript && m.start != nil && a.Start.Path == m.start.path && m.start.err == nil:
		default:
			return false
		}
	}
	return true
}

// remove takes out what starts an app.
func (m *mender) remove(start *inspect.Start) {
	if start.Kind == inspect.StartScript {
		m.put(start.Path, dropStatements(m.current(start.Path), func(text string) bool {
			return strings.Contains(text, start.Serve.Program) && strings.Contains(text, "serve")
		}))
		if restIsEmpty(m.current(start.Path)) {
			m.drop(start.Path)
		}
		return
	}
	m.drop(start.Path)
	gone := []string{moduleName(start.Path)}
	for _, l := range m.listings() {
		if l.module == moduleName(start.Path) && path.Ext(l.path) == ".json" && len(inspect.JSONExtensions(m.text(l.path))) == 1 {
			m.drop(l.path)
			gone = append(gone, path.Base(l.path))
		}
	}
	if m.postBuild != nil {
		m.put(m.postBuild.path, dropStatements(m.current(m.postBuild.path), func(text string) bool {
			return slices.ContainsFunc(gone, func(name string) bool { return strings.Contains(text, name) })
		}))
	}
}

// install makes postBuild install a configuration.
func (m *mender) install(config string) {
	p := m.plan.Path(binder.PostBuild)
	text := m.current(p)
	if strings.Contains(text, path.Base(config)) {
		return
	}
	if strings.TrimSpace(text) == "" {
		text = "#!/bin/bash\nset -euo pipefail\n"
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	m.put(p, text+strings.Join(installLines(config), "\n")+"\n")
}

// dropStatements drops the statements at a script's top of which drop says
// yes, with the lines that they stand on.
func dropStatements(text string, drop func(statement string) bool) string {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return text
	}
	var changes []Change
	for _, st := range file.Stmts {
		first, last := int(st.Pos().Line()), int(st.End().Line())
		if drop(text[st.Pos().Offset():st.End().Offset()]) {
			changes = append(changes, Change{Line: first, Delete: last - first + 1})
		}
	}
	return Apply(text, changes)
}

// restIsEmpty says whether a start script does nothing but run its arguments.
func restIsEmpty(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && line != `exec "$@"` && !strings.HasPrefix(line, "set -") && line != "export BOKEH_RESOURCES=cdn" {
			return false
		}
	}
	return true
}
