package cli

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// writeReport writes what Binder does with a repository, and the findings, for
// people.
func writeReport(w io.Writer, r *lint.Report) error {
	var b strings.Builder
	width := columnsOf(w)
	fmt.Fprintf(&b, "%s\n\n", title(r))
	for _, row := range rows(r) {
		b.WriteString(fold(fmt.Sprintf("  %-8s ", row.name), row.text, width))
	}
	for _, f := range r.Findings {
		writeFinding(&b, r, f, width)
	}
	fmt.Fprintf(&b, "\n%s\n", counts(r))
	_, err := io.WriteString(w, b.String())
	return err
}

func title(r *lint.Report) string {
	if r.Facts.Commit == "" {
		return r.Facts.Name + ", a local folder"
	}
	return r.Facts.Address.URL + " at " + r.Facts.Commit
}

// row is one line of what Binder does.
type row struct{ name, text string }

// rows lists what Binder does, in the order in which it does it. A name that
// is empty continues the one above.
func rows(r *lint.Report) []row {
	out := []row{{"config", "the root"}}
	if r.Facts.Plan.Dir != "" {
		out[0].text = "the folder " + r.Facts.Plan.Dir
	}
	out = append(out, uses(r.Facts)...)
	out = append(out, row{"build", build(r.Facts.Plan) + unpinned(r)})
	for _, a := range r.Facts.Apps {
		out = append(out, row{"app", strings.TrimSuffix(repository.DisplayPath(a.Name)+": "+repository.DisplayPath(a.Entry), ": ")})
	}
	for i, a := range r.Facts.Apps {
		if i == 0 || a.Start != r.Facts.Apps[i-1].Start {
			out = append(out, row{"start", started(a.Start)})
		}
	}
	for _, a := range r.Facts.Apps {
		out = append(out, addresses(r.Facts, &a)...)
	}
	return append(append(out, candidates(r.Facts.Candidates)...), launchLink(r))
}

// unpinned says why the build may take another Python than the plan's.
func unpinned(r *lint.Report) string {
	if asked := r.LoosePython(); asked != "" {
		return fmt.Sprintf(", or another that conda takes, since %q is no pin", asked)
	}
	return ""
}

// addresses says where an app answers, and what says so besides what starts it.
func addresses(f *repository.Facts, a *repository.App) []row {
	switch {
	case a.Start.Idle:
		return []row{{"address", "none: nothing answers at " + a.URLPath}}
	case !f.Offered(a):
		return []row{{"address", "not known: " + a.URLPath + ", if anything brings " + repository.ProxyPackage}}
	}
	out := []row{{"address", a.URLPath}}
	if a.Link != nil {
		out[0].text += ", which the link in " + a.Link.At.File + " names"
	}
	if a.Other != nil {
		out = append(out, row{"", a.Other.URLPath + " as well, where " + started(a.Other.Start)})
	}
	return out
}

// started says what starts an app, and where that stands.
func started(s *repository.Start) string {
	what := strings.Join(s.Args, " ")
	if s.Kind == repository.StartPackage {
		what = s.Name + ", which serves it by itself"
	}
	if s.Path == "" {
		return what
	}
	return fmt.Sprintf("%s:%d: %s", s.Path, s.Line, what)
}

// maxCandidates bounds how many candidates are shown.
const maxCandidates = 5

// candidates lists what is served besides the apps.
func candidates(apps []repository.App) []row {
	var out []row
	for _, a := range apps[:min(len(apps), maxCandidates)] {
		out = append(out, row{"", fmt.Sprintf("%s at %s", repository.DisplayPath(a.Path), a.URLPath)})
	}
	if more := len(apps) - len(out); more > 0 {
		out = append(out, row{"", fmt.Sprintf("and %d more", more)})
	}
	if len(out) > 0 {
		out[0].name = "others"
	}
	return out
}

// uses lists which files are used and which are not.
func uses(facts *repository.Facts) []row {
	var used, ignored []row
	for _, f := range facts.Plan.Files {
		switch {
		case f.Used:
			used = append(used, row{"", f.Path})
		case facts.Takes(f.Path):
			used = append(used, row{"", f.Path + ", since a script or a list names it"})
		default:
			ignored = append(ignored, row{"", f.Path + ": " + f.Why})
		}
	}
	if len(used) > 0 {
		used[0].name = "uses"
	}
	if len(ignored) > 0 {
		ignored[0].name = "ignores"
	}
	return append(used, ignored...)
}

// build says which build pack is chosen, and which Python.
func build(p *binder.Plan) string {
	switch {
	case len(p.Faults) > 0:
		return "fails"
	case p.Pack == "":
		return "none; fails on mybinder.org"
	case p.Python == "":
		return p.Pack
	case p.PythonFrom == "":
		return fmt.Sprintf("%s, Python %s by default", p.Pack, p.Python)
	case p.Kernel != "":
		return fmt.Sprintf("%s, Python %s as %s says, and %s for Jupyter", p.Pack, p.Kernel, path.Base(p.PythonFrom), p.Python)
	}
	return fmt.Sprintf("%s, Python %s as %s says", p.Pack, p.Python, path.Base(p.PythonFrom))
}

func launchLink(r *lint.Report) row {
	c := r.Card()
	if c.Spec == "" {
		return row{"launch", "no link: only what is pushed can be launched"}
	}
	urlpath := ""
	if a := c.App(""); a != nil {
		urlpath = a.URLPath
	}
	return row{"launch", binder.LaunchURL(tag.Default("hub"), c.Provider, c.Spec, urlpath)}
}

// place is file:line:column as far as it is known, empty for all that there is.
func place(at position.Position) string {
	if at == (position.Position{}) {
		return ""
	}
	return at.String()
}

// writeFinding writes one finding, with a diff where its mending is small.
func writeFinding(b *strings.Builder, r *lint.Report, f lint.Finding, width int) {
	fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Level, f.Rule.ID, place(f.At))))
	b.WriteString(fold("  ", f.Message, width) + fold("  fix: ", f.Fix, width))
	for _, change := range f.Changes {
		text, _ := r.Facts.Snapshot.Read(change.Path)
		if change.Path != f.At.File {
			fmt.Fprintf(b, "    in %s:\n", change.Path)
		}
		for _, line := range change.Diff(string(text)) {
			fmt.Fprintf(b, "    %s\n", line)
		}
	}
}

// noProblems is said of a repository without findings.
const noProblems = "no problems found in what can be read"

// counts says how many findings of each level there are.
func counts(r *lint.Report) string {
	number := map[card.Level]int{}
	for _, f := range r.Findings {
		number[f.Level]++
	}
	var out []string
	for _, level := range []card.Level{card.LevelError, card.LevelWarning, card.LevelNote} {
		switch n := number[level]; n {
		case 0:
		case 1:
			out = append(out, fmt.Sprintf("1 %s", level))
		default:
			out = append(out, fmt.Sprintf("%d %ss", n, level))
		}
	}
	if len(out) == 0 {
		return noProblems
	}
	return strings.Join(out, ", ")
}
