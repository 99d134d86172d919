package recipe

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
)

// Finding is a finding with what would mend it, where that is a small change
// of the repository's files.
type Finding struct {
	card.Finding
	// Changes mend it. They are none where a person has to decide.
	Changes []Change
}

// Report is what Check says.
type Report struct {
	Facts    *inspect.Facts
	Plan     *binder.Plan
	Findings []Finding

	checker *checker
}

// Card makes the card of the facts, with the findings and with what the apps'
// frameworks need.
func (r *Report) Card() *card.Card {
	c := r.Facts.Card()
	for i, a := range r.Facts.Apps {
		c.Apps[i].Cookie = a.Start != nil && r.checker.frameworkOf(a.Start) != ""
	}
	for _, f := range r.Findings {
		c.Findings = append(c.Findings, f.Finding)
	}
	return c
}

// Worst returns the level that matters most, or nothing if there is no
// finding.
func (r *Report) Worst() card.Level {
	if len(r.Findings) == 0 {
		return ""
	}
	return r.Findings[0].Level
}

// Check looks for what will not work. The findings that matter most come
// first, and those of one level by their place.
func Check(f *inspect.Facts) *Report {
	c := &checker{facts: f, plan: binder.NewPlan(f.Snapshot)}
	c.env = c.readEnvironment()
	c.postBuild = c.readScript(binder.PostBuild)
	c.start = c.readScript(binder.Start)
	c.build()
	c.environment()
	c.scripts()
	c.jupyter()
	c.starts()
	c.pages()
	c.sources()
	c.place()
	order := map[card.Level]int{card.LevelError: 0, card.LevelWarning: 1, card.LevelNote: 2}
	slices.SortStableFunc(c.findings, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(order[a.Level], order[b.Level]), strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	r := &Report{Facts: f, Plan: c.plan, checker: c}
	for _, found := range c.findings {
		r.Findings = append(r.Findings, *found)
	}
	return r
}

// checker collects findings.
type checker struct {
	facts     *inspect.Facts
	plan      *binder.Plan
	env       *environment
	postBuild *script
	start     *script
	findings  []*Finding
}

// find notes a finding. The id must be one of the catalogue's; a place that
// has it already does not get it again.
func (c *checker) find(id, file string, line int, format string, args ...any) *Finding {
	rule, ok := Lookup(id)
	if !ok {
		panic("recipe: no rule " + id)
	}
	f := &Finding{Finding: card.Finding{
		ID: id, Level: rule.Level, Path: inspect.DisplayPath(file), Line: line, Message: fmt.Sprintf(format, args...), Fix: rule.Fix,
	}}
	for _, other := range c.findings {
		if other.ID == id && other.Path == f.Path && other.Line == line && other.Message == f.Message {
			return other
		}
	}
	c.findings = append(c.findings, f)
	return f
}

// text returns a file's content, "" if it is not known.
func (c *checker) text(p string) string {
	data, _ := c.facts.Snapshot.Read(p)
	return string(data)
}

// docker says whether a Dockerfile makes the image, so that what is installed
// and what starts is its own affair.
func (c *checker) docker() bool { return c.plan.Pack == binder.Docker }

// base is a path's last element, without an extension.
func base(p string) string { return strings.TrimSuffix(path.Base(p), path.Ext(p)) }
