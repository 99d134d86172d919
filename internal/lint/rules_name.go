package lint

import (
	"path"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/releases"
)

var notOnIndex = &Rule{
	ID:       "not-on-index",
	Level:    card.LevelError,
	Title:    "A name that pip cannot install",
	When:     "pip is asked for a module of Python's own library that is no package of the index, such as os or glob, or for sklearn. It is a warning where nobody looks at the failure.",
	Why:      "pip finds no such distribution, or one that refuses to be installed, and the build fails.",
	Evidence: "pip 25.2: glob and os \"No matching distribution found\", sklearn \"use 'scikit-learn' rather than 'sklearn'\", exit 1 each; the names of Python's library compared with all names of the index in November 2026: 185 of 220 are not there.",
	Fix:      "delete the line: Python has the module by itself",
	Check:    checkNotOnIndex,
}

var notTheModule = &Rule{
	ID:       "not-the-module",
	Level:    card.LevelNote,
	Title:    "A package with the name of a module of Python's",
	When:     "pip is asked for a name that is a module of Python's own library and a package of the index, too, such as pathlib or dataclasses, for Python 3.7 or newer.",
	Why:      "Python has the module by itself. The package is another one, mostly an old copy, which the module hides or which hides the module.",
	Evidence: "The names of Python's library compared with all names of the index in November 2026: 35 are there.",
	Fix:      "delete the line, unless the package itself is meant",
	Check:    checkNotTheModule,
}

// renamed are packages that refuse to be installed by a module's name, with the
// package that is meant.
var renamed = map[string]string{"sklearn": "scikit-learn"}

// certain makes a finding a warning where the build may go on.
func certain(f *Finding, sure, fails truth.Value) {
	if sure.And(fails) != truth.Yes && f.Level == card.LevelError {
		f.Level = card.LevelWarning
	}
}

// names calls a function for each package that pip takes from the index by name.
func (c *checker) names(each func(*installed.Requirement)) {
	set := c.facts.Installed
	for i := range set.Requirements {
		if q := &set.Requirements[i]; q.Conda == "" && q.URL == "" && len(set.Settings) == 0 && !q.Alone {
			each(q)
		}
	}
}

func checkNotOnIndex(c *checker) {
	c.names(func(q *installed.Requirement) {
		if right := renamed[q.Name]; right != "" {
			f := c.reportAt(q.At, "%s refuses to be installed: the package that is meant is called %s", q.Name, right)
			f.Fix = "ask for " + right
			f.Changes = c.rewrite(q.At, namedIn(q.Name), right)
			certain(f, q.Sure, q.Fails)
			return
		}
		if listed, there := releases.Standard(q.Name); listed && !there {
			f := c.reportAt(q.At, "%s is a module of Python's own, and the index has no package of that name", q.Name)
			f.Changes = c.deleteLine(q)
			certain(f, q.Sure, q.Fails)
		}
	})
}

func checkNotTheModule(c *checker) {
	c.names(func(q *installed.Requirement) {
		if _, there := releases.Standard(q.Name); there && !older(c.pythonOf(q), oldestPython) {
			f := c.reportAt(q.At, "Python has %s by itself, and the package of that name is another one", q.Name)
			f.Changes = c.deleteLine(q)
		}
	})
}

// older says whether a version of Python is known to be older than another.
func older(python, than string) bool {
	v, err := packaging.ParseVersion(python)
	w, _ := packaging.ParseVersion(than)
	return err == nil && v.Compare(w) < 0
}

// deleteLine is the change that deletes the line of a list which asks for one
// package and nothing else.
func (c *checker) deleteLine(q *installed.Requirement) []Change {
	line := repository.LineAt(c.facts.Text(q.At.File), q.At.Line)
	text, _, _ := strings.Cut(line, " #")
	if path.Ext(q.At.File) != ".txt" || strings.TrimSpace(text) != q.Written {
		return nil
	}
	return []Change{{Path: q.At.File, Line: q.At.Line, Delete: 1}}
}

// namedIn matches a package's name as a word of its own.
func namedIn(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(^|[\s"'])` + regexp.QuoteMeta(name) + `\b`)
}

// rewrite is the change that has a text in a line instead of what is found there.
func (c *checker) rewrite(at position.Position, old *regexp.Regexp, text string) []Change {
	line := repository.LineAt(c.facts.Text(at.File), at.Line)
	found := old.FindStringSubmatchIndex(line)
	if found == nil {
		return nil
	}
	if len(found) > 2 {
		found[0] = found[3] // what stands before it stays
	}
	return onLine(at.File, at.Line, line[:found[0]]+text+line[found[1]:])
}

var gitProtocol = &Rule{
	ID:       "git-protocol",
	Level:    card.LevelError,
	Title:    "An address with git:// on GitHub",
	When:     "pip is asked for git+git://github.com/…",
	Why:      "GitHub no longer answers that protocol, so the build fails.",
	Evidence: "GitHub turned it off on 15 March 2022.",
	Fix:      "write git+https:// instead",
	Check:    checkGitProtocol,
}

var gitOld = regexp.MustCompile(`git\+git://`)

func checkGitProtocol(c *checker) {
	for _, d := range c.facts.Installed.Directs {
		if !strings.HasPrefix(d.Target, "git+git://github.com/") {
			continue
		}
		f := c.reportAt(d.At, "%s uses git://, which GitHub no longer answers", quote(d.Target))
		f.Changes = c.rewrite(d.At, gitOld, "git+https://")
		certain(f, d.Sure, d.Fails)
	}
}
