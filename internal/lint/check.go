package lint

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Finding is one remark about a repository: an instance of a rule, at a place.
type Finding struct {
	Rule *Rule
	// Level is the rule's, or less where it is not certain.
	Level card.Level
	// At says where: without a line where it is about the whole file, without a
	// column where it is about the whole line, and zero where it is about the
	// whole repository.
	At      position.Position
	Message string
	// Fix says what to do.
	Fix string
	// Changes mend it. They are none where a person has to decide.
	Changes []Change
}

// Report is what Check says.
type Report struct {
	Facts    *repository.Facts
	Findings []Finding
}

// Card makes the card of the facts, with the findings.
func (r *Report) Card() *card.Card {
	findings := []card.Finding{}
	for _, f := range r.Findings {
		findings = append(findings, card.Finding{
			ID: f.Rule.ID, Level: f.Level, Path: f.At.File, Line: f.At.Line, Column: f.At.Column, Message: f.Message, Fix: f.Fix,
		})
	}
	return r.Facts.Card(findings)
}

// Worst returns the level that matters most, or nothing if there is no
// finding.
func (r *Report) Worst() card.Level {
	if len(r.Findings) == 0 {
		return ""
	}
	return r.Findings[0].Level
}

// CheckTree reads and checks a tree. The files are globs of further files whose
// text is wanted on the card.
func CheckTree(ctx context.Context, t repo.Tree, files []string) (*Report, error) {
	f, err := repository.Read(ctx, t, files)
	if err != nil {
		return nil, err
	}
	return Check(f), nil
}

// order is that of the levels.
var order = map[card.Level]int{card.LevelError: 0, card.LevelWarning: 1, card.LevelNote: 2}

// Check looks for what will not work. The findings that matter most come
// first, those of one level by their place, and those of one place in the order
// of the catalogue.
func Check(f *repository.Facts) *Report {
	var found []*Finding
	left := &checker{facts: f, rule: leftOut}
	for _, rule := range Rules() {
		if rule.Check != nil {
			c := &checker{facts: f, rule: rule}
			rule.Check(c)
			c.unknownImage()
			found = append(found, c.findings...)
			if c.more {
				left.report("", 0, "%d findings %s are told of; there are more", maxOfRule, rule.ID)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(order[a.Level], order[b.Level]), strings.Compare(a.At.File, b.At.File), a.At.Compare(b.At))
	})
	r := &Report{Facts: f}
	size := 0
	for i, f := range found {
		if size += f.size(); size > maxReport {
			left.report("", 0, "%d findings are told of, and %d more are not: they are too long", i, len(found)-i)
			break
		}
		r.Findings = append(r.Findings, *f)
	}
	for _, f := range left.findings {
		r.Findings = append(r.Findings, *f)
	}
	return r
}

const (
	// maxOfRule bounds how many findings of one rule are told of.
	maxOfRule = 100
	// maxReport bounds the bytes of all findings, with those of their changes.
	maxReport = 1 << 20
)

// size is how many bytes a finding has.
func (f *Finding) size() int {
	n := len(f.At.File) + len(f.Message) + len(f.Fix)
	for _, change := range f.Changes {
		for _, line := range change.Insert {
			n += len(line)
		}
	}
	return n
}

// unknownImage makes errors about what is started warnings where a Dockerfile makes
// the image: nobody knows what its base has, and which releases.
func (c *checker) unknownImage() {
	for _, f := range c.findings {
		if c.facts.Docker() && f.Level == card.LevelError && slices.Contains(startRules, c.rule) {
			f.Level = card.LevelWarning
		}
	}
}

// checker asks the facts for one rule.
type checker struct {
	facts    *repository.Facts
	rule     *Rule
	findings []*Finding
	more     bool // than are told of
}

// report notes a finding about a line of a file, at the first of its characters that
// is no space, or about the whole of the file.
func (c *checker) report(file string, line int, format string, args ...any) *Finding {
	at := position.Position{File: file, Line: line}
	if text := repository.LineAt(c.facts.Text(file), line); strings.TrimSpace(text) != "" {
		at.Column = len(text) - len(strings.TrimLeft(text, " \t")) + 1
	}
	return c.reportAt(at, format, args...)
}

// reportAt notes a finding. A line that has it already does not get it again.
func (c *checker) reportAt(at position.Position, format string, args ...any) *Finding {
	at.File = repository.DisplayPath(at.File)
	f := &Finding{Rule: c.rule, Level: c.rule.Level, At: at, Message: fmt.Sprintf(format, args...), Fix: c.rule.Fix}
	for _, other := range c.findings {
		if other.At.File == at.File && other.At.Line == at.Line && other.Message == f.Message {
			return other
		}
	}
	if len(c.findings) == maxOfRule {
		c.more = true
		return f
	}
	c.findings = append(c.findings, f)
	return f
}

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
