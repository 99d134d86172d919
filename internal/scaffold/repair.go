package scaffold

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Repair is what mends a repository.
type Repair struct {
	Edits []rewrite.Edit
	// Mended are the ids of the findings that are gone afterwards, and Left
	// the findings that are not: a person has to decide about them.
	Mended []string
	Left   []lint.Finding
}

// maxRounds bounds how often what was mended is checked again: mending one
// finding may show another.
const maxRounds = 8

// Fix finds what mends a repository, finding by finding. Nothing is written.
func Fix(ctx context.Context, t repo.Tree) (*Repair, error) {
	o := newOverlay(t)
	r, err := lint.CheckTree(ctx, o, nil)
	if err != nil {
		return nil, err
	}
	first := r.Findings
	for range maxRounds {
		m := &mender{overlay: o, facts: r.Facts}
		adopted, err := m.adopt(ctx, r.Findings)
		if err != nil {
			return nil, err
		}
		if !adopted && !m.changes(r.Findings) {
			break
		}
		if r, err = lint.CheckTree(ctx, o, nil); err != nil {
			return nil, err
		}
	}
	m := &mender{overlay: o, facts: r.Facts}
	if m.dropEmpty() {
		if r, err = lint.CheckTree(ctx, o, nil); err != nil {
			return nil, err
		}
	}
	out := &Repair{Left: r.Findings}
	for _, f := range first {
		if !slices.ContainsFunc(r.Findings, func(left lint.Finding) bool { return left.Rule == f.Rule }) && !slices.Contains(out.Mended, f.Rule.ID) {
			out.Mended = append(out.Mended, f.Rule.ID)
		}
	}
	out.Edits, err = o.edits(ctx)
	return out, err
}

// mender changes the files of one round.
type mender struct {
	overlay *overlay
	facts   *repository.Facts
}

// real is where a path leads: a config folder may be a symbolic link.
func (m *mender) real(p string) string {
	if target, ok := m.facts.Snapshot.Resolve(p); ok {
		return target
	}
	return p
}

func (m *mender) put(p, text string) { m.set(p, &text) }

func (m *mender) drop(p string) { m.set(p, nil) }

func (m *mender) set(p string, text *string) {
	to := m.real(p)
	m.overlay.texts[to] = text
	if to != p {
		m.overlay.names[to] = p
	}
}

// current returns a file's text as it is now, in this round.
func (m *mender) current(p string) string {
	if text, ok := m.overlay.texts[m.real(p)]; ok {
		if text == nil {
			return ""
		}
		return *text
	}
	return m.facts.Text(p)
}

// changes makes the small changes that findings bring. It says whether there
// were any.
func (m *mender) changes(findings []lint.Finding) bool {
	byFile := map[string][]lint.Change{}
	for _, f := range findings {
		for _, c := range f.Changes {
			byFile[c.Path] = append(byFile[c.Path], c)
		}
	}
	changed := false
	for p, list := range byFile {
		old := m.current(p)
		if m.isScript(p) {
			list = withComments(old, list)
		}
		if text := lint.Apply(old, list); text != old {
			m.put(p, text)
			changed = true
		}
	}
	return changed
}

// dropEmpty drops the scripts that do nothing any more since they were mended. It
// says whether it did.
func (m *mender) dropEmpty() bool {
	dropped := false
	for _, s := range []*shell.Script{m.facts.PostBuild, m.facts.Start} {
		if s != nil && m.overlay.texts[m.real(s.Path)] != nil && doesNothing(s.Text) {
			m.drop(s.Path)
			dropped = true
		}
	}
	return dropped
}

// isScript says whether a path is of a script that repo2docker runs.
func (m *mender) isScript(p string) bool {
	return slices.ContainsFunc([]*shell.Script{m.facts.PostBuild, m.facts.Start}, func(s *shell.Script) bool { return s != nil && s.Path == p })
}

// adopt starts by entries of jupyter-server-proxy what an extension or a start
// script starts, and takes those out. Since that changes the apps' addresses, it is
// done only where no smaller change makes them work. It says whether it did.
func (m *mender) adopt(ctx context.Context, findings []lint.Finding) (bool, error) {
	var apps []repository.App
	for _, a := range m.facts.Apps {
		if a.Start.Call != nil && a.Start.Kind != repository.StartProxy {
			apps = append(apps, a)
		}
	}
	if len(apps) == 0 || m.facts.Docker() || m.facts.PostBuild != nil && !readable(m.facts.PostBuild) || !m.removable(apps) || !m.fail(apps, findings) {
		return false, nil
	}
	config := m.facts.Plan.Path("jupyter_server_config.py")
	text := m.current(config)
	if text == "" {
		text = configHead
	}
	for i := range apps {
		text += entryConfig(adopted(&apps[i]), servedFile(&apps[i]), entryName(apps[i].Name)) + "\n"
	}
	if slices.ContainsFunc(apps, func(a repository.App) bool { return a.Start.Call.Framework.Cookie }) {
		if _, set := m.facts.Jupyter.Cookies(); set == jupyter.No {
			text += strings.TrimPrefix(partitionedCookie, "\n") + "\n"
		}
	}
	m.put(config, strings.TrimRight(text, "\n")+"\n")
	for _, a := range apps {
		m.remove(a.Start)
	}
	return true, m.install(ctx, config)
}

// fail says whether apps surely fail as they are started now, in a way that no
// change of a line mends: where the start stands, or where its extension is enabled.
func (m *mender) fail(apps []repository.App, findings []lint.Finding) bool {
	return slices.ContainsFunc(apps, func(a repository.App) bool {
		enables := func(f lint.Finding) bool {
			return a.Start.Kind == repository.StartExtension && m.facts.PostBuild != nil && f.At.File == m.facts.PostBuild.Path &&
				strings.Contains(repository.LineAt(m.facts.PostBuild.Text, f.At.Line), repository.ModuleName(a.Start.Path))
		}
		return slices.ContainsFunc(findings, func(f lint.Finding) bool {
			return f.Level == card.LevelError && (f.At.File == a.Start.Path && len(f.Changes) == 0 || enables(f))
		})
	})
}

// readable says whether a script is one that the shell can read.
func readable(s *shell.Script) bool { return s.Shell && s.Err == nil }

// removable says whether all that starts the apps can be taken out: modules
// that do nothing else, and single lines of the start script.
func (m *mender) removable(apps []repository.App) bool {
	for _, a := range apps {
		switch {
		case !m.movable(&a):
			return false
		case a.Start.Kind == repository.StartExtension && m.startsOnly(a.Start.Path) && path.Ext(a.Start.Path) == ".py" && path.Base(a.Start.Path) != "__init__.py" && m.facts.IsExtension(a.Start.Path):
		case a.Start.Kind == repository.StartScript && m.facts.Start != nil && a.Start.Path == m.facts.Start.Path && m.facts.Start.Err == nil:
		default:
			return false
		}
	}
	return true
}

// remove takes out what starts an app.
func (m *mender) remove(start *repository.Start) {
	if start.Kind == repository.StartScript {
		call := start.Call
		m.put(start.Path, dropStatements(m.current(start.Path), func(c *shell.Command) bool {
			return c.Program() == call.Framework.Command.Program && (call.Verb == "" || slices.ContainsFunc(c.Args, func(w shell.Word) bool { return w.Is(call.Verb) }))
		}))
		return
	}
	m.drop(start.Path)
	gone := []string{repository.ModuleName(start.Path)}
	for _, l := range m.facts.Jupyter.Extensions {
		file := l.At.File
		alone := !slices.ContainsFunc(m.facts.Jupyter.Extensions, func(o jupyter.Extension) bool { return o.At.File == file && o != l })
		if l.On == jupyter.Yes && l.Module == repository.ModuleName(start.Path) && path.Ext(file) == ".json" && alone {
			m.drop(file)
			gone = append(gone, path.Base(file))
		}
	}
	if m.facts.PostBuild != nil {
		m.put(m.facts.PostBuild.Path, dropStatements(m.current(m.facts.PostBuild.Path), func(c *shell.Command) bool {
			return slices.ContainsFunc(gone, func(name string) bool { return mentions(c, name) })
		}))
	}
}

// install makes postBuild install a configuration, unless it does so already.
func (m *mender) install(ctx context.Context, config string) error {
	now, err := repository.Read(ctx, m.overlay, nil)
	if err != nil {
		return err
	}
	if f, ok := now.Jupyter.File(config); ok && f.Read == jupyter.Yes {
		return nil
	}
	p := m.facts.Plan.Path(binder.PostBuild)
	text := m.current(p)
	if strings.TrimSpace(text) == "" {
		text = "#!/bin/bash\nset -euo pipefail\n"
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	m.put(p, text+strings.Join(lint.InstallLines(config), "\n")+"\n")
	return nil
}

// mentions says whether a command names something in a word, or in what it is
// given or writes to.
func mentions(c *shell.Command, name string) bool {
	words := shell.Strings(c.Args)
	if file, ok := c.Output(); ok {
		words = append(words, file.String())
	}
	if text, _, ok := c.Here(); ok {
		words = append(words, text.String())
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, name) })
}

// dropStatements drops the statements at a script's top that have a command of
// which drop says yes, with the lines that they stand on.
func dropStatements(text string, drop func(*shell.Command) bool) string {
	const name = "script"
	s, ok := shell.Read(one{name, text}, name, nil)
	if !ok || !s.Shell || s.Err != nil {
		return text
	}
	var changes []lint.Change
	for _, list := range [][]shell.Command{s.Commands, s.Dead} {
		for i := range list {
			c := list[i].Outer
			change := lint.Change{Line: c.First, Delete: c.Last - c.First + 1}
			if list[i].File == name && drop(&list[i]) && c.First > 0 && !slices.ContainsFunc(changes, func(o lint.Change) bool { return o.Line == change.Line }) {
				changes = append(changes, change)
			}
		}
	}
	return lint.Apply(text, withComments(text, changes))
}

// one is a repository of one file.
type one struct{ name, text string }

func (o one) IsDir(string) bool    { return false }
func (o one) Exists(p string) bool { return p == o.name }
func (o one) Read(p string) ([]byte, bool) {
	return []byte(o.text), p == o.name
}

// doesNothing says whether a script does nothing but run its arguments, and says
// nothing either.
func doesNothing(text string) bool {
	const name = "script"
	s, ok := shell.Read(one{name, text}, name, nil)
	if !ok || !readable(s) || s.Cut || len(s.Dead) > 0 {
		return false
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "#!") {
			return false
		}
	}
	return !slices.ContainsFunc(s.Commands, func(c shell.Command) bool {
		words := shell.Strings(c.Args)
		return c.Program() != "set" && !slices.Equal(words, []string{"exec", "{@}"}) && !slices.Equal(words, []string{"export", framework.Default().Resources.Variable + "=cdn"})
	})
}
