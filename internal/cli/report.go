package cli

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/view"
)

// writeReport writes what Binder does with a repository, and the findings, for
// people.
func writeReport(w io.Writer, r *recipe.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", title(r))
	for _, row := range rows(r) {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("  %-8s %s", row.name, row.text), " "))
	}
	for _, f := range r.Findings {
		writeFinding(&b, r, f)
	}
	fmt.Fprintf(&b, "\n%s\n", counts(r))
	_, err := io.WriteString(w, b.String())
	return err
}

func title(r *recipe.Report) string {
	if r.Facts.Commit == "" {
		return r.Facts.Name + ", a local folder"
	}
	return r.Facts.Address.URL + " at " + r.Facts.Commit
}

// row is one line of what Binder does.
type row struct{ name, text string }

// rows lists what Binder does, in the order in which it does it. A name that
// is empty continues the one above.
func rows(r *recipe.Report) []row {
	out := []row{{"config", "the root"}}
	if r.Plan.Dir != "" {
		out[0].text = "the folder " + r.Plan.Dir
	}
	out = append(out, uses(r.Plan)...)
	out = append(out, row{"build", build(r.Plan)})
	for _, a := range r.Card().Apps {
		out = append(out, row{"app", strings.TrimSuffix(a.Name+": "+a.Entry, ": ")})
	}
	for i, a := range r.Facts.Apps {
		if i == 0 || a.Start != r.Facts.Apps[i-1].Start {
			out = append(out, row{"start", fmt.Sprintf("%s:%d: %s", a.Start.Path, a.Start.Line, strings.Join(a.Start.Args, " "))})
		}
	}
	for _, a := range r.Facts.Apps {
		out = append(out, row{"address", a.URLPath})
	}
	return append(out, launchLink(r))
}

// uses lists which files are used and which are not.
func uses(p *binder.Plan) []row {
	var used, ignored []row
	for _, f := range p.Files {
		if f.Used {
			used = append(used, row{"", f.Path})
		} else {
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
	}
	return fmt.Sprintf("%s, Python %s as %s says", p.Pack, p.Python, path.Base(p.PythonFrom))
}

func launchLink(r *recipe.Report) row {
	c := r.Card()
	if c.Spec == "" {
		return row{"launch", "no link: only what is pushed can be launched"}
	}
	urlpath := ""
	if a := c.App(""); a != nil {
		urlpath = a.URLPath
	}
	return row{"launch", binder.LaunchURL(view.DefaultHub, c.Provider, c.Spec, urlpath)}
}

// writeFinding writes one finding, with a diff where its mending is small.
func writeFinding(b *strings.Builder, r *recipe.Report, f recipe.Finding) {
	place := f.Path
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, f.Line)
	}
	fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Level, f.ID, place)))
	fmt.Fprintf(b, "  %s\n  fix: %s\n", f.Message, f.Fix)
	for _, change := range f.Changes {
		text, _ := r.Facts.Snapshot.Read(change.Path)
		if change.Path != f.Path {
			fmt.Fprintf(b, "    in %s:\n", change.Path)
		}
		for _, line := range change.Diff(string(text)) {
			fmt.Fprintf(b, "    %s\n", line)
		}
	}
}

// counts says how many findings of each level there are.
func counts(r *recipe.Report) string {
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
		return "nothing was found that would not work"
	}
	return strings.Join(out, ", ")
}
