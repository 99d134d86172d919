package lint_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// ids lists what is found, rule by rule.
func ids(r *lint.Report) map[string]int {
	out := map[string]int{}
	for _, f := range r.Findings {
		out[f.Rule.ID]++
	}
	return out
}

// cured says whether a story's own finding, or one of several, is gone without
// its cause. What it stood before may be seen then.
func cured(t testing.TB, s linttest.Story) (r *lint.Report, gone bool, err error) {
	t.Helper()
	files, err := s.WithoutCause()
	if err != nil {
		return nil, false, err
	}
	own, _, _ := strings.Cut(s.Title, ":")
	r = linttest.CheckTree(t, linttest.Memory(files))
	return r, ids(r)[own] < ids(linttest.CheckTree(t, linttest.Memory(s.Files)))[own], nil
}

// TestCauses takes the cause of each story's finding away, and nothing else: the
// finding goes.
func TestCauses(t *testing.T) {
	for _, s := range linttest.Stories(t)[1:] {
		if strings.HasPrefix(s.Title, "not ") {
			continue
		}
		if s.Cause == "" {
			t.Errorf("%s: it names no cause; go test -run TestRules -update looks for one", s.Title)
			continue
		}
		r, gone, err := cured(t, s)
		if err != nil {
			t.Errorf("%s: %v", s.Title, err)
		} else if !gone {
			t.Errorf("%s: %q leaves\n%s", s.Title, s.Cause, linttest.Lines(r))
		}
	}
}

// findCause looks for the smallest change without which a story's own finding is
// gone: what mends it, or a line, or a file. A person has to read it.
func findCause(t testing.TB, s linttest.Story, r *lint.Report) string {
	t.Helper()
	own, _, _ := strings.Cut(s.Title, ":")
	var tries []string
	for _, f := range r.Findings {
		if f.Rule.ID != own || len(f.Changes) != 1 {
			continue
		}
		switch c := f.Changes[0]; {
		case c.Delete == 1 && len(c.Insert) == 1:
			tries = append(tries, fmt.Sprintf("instead %s:%d %s", c.Path, c.Line, c.Insert[0]))
		case c.Delete == 1 && len(c.Insert) == 0:
			tries = append(tries, fmt.Sprintf("without %s:%d", c.Path, c.Line))
		case c.Delete == 0 && !c.Unix:
			lines := strings.Split(s.Files[c.Path], "\n")
			if c.Line <= len(lines) && lines[c.Line-1] != "" {
				tries = append(tries, fmt.Sprintf("instead %s:%d %s", c.Path, c.Line, strings.Join(append(slices.Clone(c.Insert), lines[c.Line-1]), `\n`)))
			}
			if c.Line > 1 && c.Line-2 < len(lines) {
				tries = append(tries, fmt.Sprintf("instead %s:%d %s", c.Path, c.Line-1, strings.Join(append([]string{lines[c.Line-2]}, c.Insert...), `\n`)))
			}
		}
	}
	base := linttest.Stories(t)[0].Files
	names := slices.Sorted(maps.Keys(s.Files))
	slices.SortStableFunc(names, func(a, b string) int {
		return strings.Compare(fmt.Sprint(s.Files[a] == base[a]), fmt.Sprint(s.Files[b] == base[b]))
	})
	for _, p := range names {
		for i := range strings.Count(s.Files[p], "\n") {
			tries = append(tries, fmt.Sprintf("without %s:%d", p, i+1))
		}
	}
	for _, p := range names {
		tries = append(tries, "without "+p)
	}
	for _, try := range tries {
		s.Cause = try
		if without, gone, err := cured(t, s); err == nil && gone && len(without.Findings) < len(r.Findings) {
			return try
		}
	}
	return ""
}
