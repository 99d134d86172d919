package lint

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/releases"
)

const (
	withIndex = "pip's own words about every file of some eighty packages on the index, in November 2026"
	withConda = "the history of conda-forge's recipes for twenty of them, in November 2026"
)

var noBuild = &Rule{
	ID:       "no-build",
	Level:    card.LevelError,
	Title:    "A release that this Python cannot have",
	When:     "A release of numpy, pandas or another of the most used compiled packages is asked for that does not exist or was taken back, or of any package one with a label of somebody's own, such as 1.8.1+cpu, that is for other versions of Python, whose source cannot be built, or that is older by a minor series than the first one that conda-forge built for this Python. It is a warning where conda-forge's history alone makes it likely, a note where the release itself says that it is for this Python, so that a branch of conda-forge's for maintenance may have built it, and a warning where environment.yml asks for Python without pinning it, as python>=3.7 and channel::python=3.7 do, so that conda may take another one that has the release. Other channels and other indexes are not judged.",
	Why:      "pip finds no such distribution or cannot build it, conda finds no solution, and the build fails.",
	Evidence: withIndex + ", which by the specification of versions takes no labels; and the sources of old releases built on Python 3.10; " + withConda + ".",
	Fix:      "ask for releases that this Python has, or for a Python that all of them have",
	Check:    checkNoBuild,
}

var builtFromSource = &Rule{
	ID:       "built-from-source",
	Level:    card.LevelWarning,
	Title:    "A release that is built from its source",
	When:     "pip is asked for a release of one of the most used compiled packages that has a source, and no build for this Python.",
	Why:      "pip compiles it on the hub. That takes long, and fails for most releases that are older than the Python.",
	Evidence: withIndex + "; of the old releases that were built on Python 3.10, most failed.",
	Fix:      "ask for releases that this Python has, or for a Python that all of them have",
	Check:    checkBuiltFromSource,
}

// pythonOf is the Python that a requirement is for.
func (c *checker) pythonOf(q *installed.Requirement) string {
	if c.facts.Plan.Kernel != "" && q.In&installed.Kernel != 0 {
		return c.facts.Plan.Kernel
	}
	return c.facts.Plan.Python
}

// outcome says what becomes of a requirement, as far as that is known.
func (c *checker) outcome(q *installed.Requirement) releases.Outcome {
	return c.outcomeOn(c.pythonOf(q), q)
}

// outcomeOn is the outcome on a Python.
func (c *checker) outcomeOn(python string, q *installed.Requirement) releases.Outcome {
	set := c.facts.Installed
	switch {
	case python == "" || q.URL != "" || len(q.Specs) == 0:
		return releases.Unknown
	case q.Conda == "" && len(set.Settings) == 0:
		return releases.FromIndex(q.Name, q.Specs, python)
	case q.Conda != "" && c.fromCondaForge(q):
		return releases.FromConda(q.Name, q.Specs, python)
	}
	return releases.Unknown
}

// fromCondaForge says whether conda takes a package from conda-forge, or from the
// channel that follows the same releases.
func (c *checker) fromCondaForge(q *installed.Requirement) bool {
	env := c.facts.Plan.Environment
	ours := func(name string) bool {
		return slices.Contains([]string{"conda-forge", "defaults", "main", "nodefaults"}, name)
	}
	if channel, _, ok := strings.Cut(q.Written, "::"); ok {
		return ours(channel)
	}
	return env != nil && q.At.File == env.Path && !slices.ContainsFunc(env.Channels, func(name string) bool { return !ours(name) })
}

// onAnother says that conda may take another Python, which has what this one has not;
// "" where it takes this one, or none has it.
func (c *checker) onAnother(q *installed.Requirement) string {
	asked, others := c.otherPythons()
	has := func(python string) bool {
		switch c.outcomeOn(python, q) {
		case releases.Fails, releases.Excluded, releases.Missing, releases.TakenBack, releases.Unlikely, releases.Branch, releases.FromSource:
			return false
		}
		return true
	}
	if !slices.ContainsFunc(others, has) {
		return ""
	}
	return "; conda may take another Python, as " + quote(asked) + " allows"
}

func checkNoBuild(c *checker) {
	for i := range c.facts.Installed.Requirements {
		q := &c.facts.Installed.Requirements[i]
		outcome := c.outcome(q)
		why := c.noBuildBecause(q, outcome)
		if why == "" {
			continue
		}
		another := c.onAnother(q)
		f := c.reportAt(q.At, "%s %s%s", quote(q.Written), why, another)
		if outcome == releases.Branch {
			f.Level = card.LevelNote
		}
		if q.Specs.Local() {
			f.Fix = "leave out what begins with the +, or name the index that has it, with --extra-index-url or --find-links on a line of its own"
		}
		certain(f, q.Sure.And(truth.Of(outcome != releases.Unlikely && another == "").Or(truth.Unknown)), q.Fails)
		c.anotherPython(f, q)
	}
}

// noBuildBecause says why a release cannot be had, "" where it may.
func (c *checker) noBuildBecause(q *installed.Requirement, outcome releases.Outcome) string {
	python := c.pythonOf(q)
	switch outcome {
	case releases.Missing:
		if q.Conda != "" {
			return "is older than all that conda-forge built for Python " + python
		}
		if q.Specs.Local() {
			return "is no release on the index, which takes none with a +"
		}
		return "is no release on the index"
	case releases.TakenBack:
		return "allows only releases that were taken back, which pip takes for a pin alone"
	case releases.Excluded:
		return fmt.Sprintf("is not for Python %s, which the build takes", python)
	case releases.Fails:
		return fmt.Sprintf("has no build for Python %s, and its source cannot be built there", python)
	case releases.Unlikely:
		return "is a release that conda-forge seems not to have built for Python " + python
	case releases.Branch:
		return "is a release that conda-forge's main branch did not build for Python " + python + "; whether a branch for maintenance did cannot be known"
	}
	return ""
}

func checkBuiltFromSource(c *checker) {
	for i := range c.facts.Installed.Requirements {
		q := &c.facts.Installed.Requirements[i]
		if c.outcome(q) == releases.FromSource {
			f := c.reportAt(q.At, "%s has no build for Python %s, so pip builds it from its source%s", quote(q.Written), c.pythonOf(q), c.onAnother(q))
			c.anotherPython(f, q)
		}
	}
}

// oldestPython is the oldest one that a change proposes: with older ones there
// are two environments.
const oldestPython = "3.7"

// proposed lists the Pythons that a change may propose, oldest first.
func proposed() []string {
	list := binder.Pythons()
	return list[slices.Index(list, oldestPython):]
}

// anotherPython proposes the newest Python that has all releases that are asked
// for.
func (c *checker) anotherPython(f *Finding, q *installed.Requirement) {
	for _, python := range slices.Backward(proposed()) {
		if python != c.pythonOf(q) && c.allFit(python) {
			f.Fix = fmt.Sprintf("ask for Python %s, which has all releases that are asked for, or for newer releases", python)
			f.Changes = c.takePython(python)
			return
		}
	}
}

// allFit says whether a Python has all that is asked for, as far as is known.
func (c *checker) allFit(python string) bool {
	return !slices.ContainsFunc(c.facts.Installed.Requirements, func(q installed.Requirement) bool {
		if q.URL != "" || len(q.Specs) == 0 {
			return false
		}
		if q.Conda != "" {
			return !releases.Conda().Fits(q.Name, q.Specs, python)
		}
		return q.Specs.Local() || !releases.Index().Fits(q.Name, q.Specs, python)
	})
}

// takePython is the change that has the build take a Python; none where that is
// not a line or two.
func (c *checker) takePython(python string) []Change {
	plan := c.facts.Plan
	switch plan.Pack {
	case binder.Conda:
		return c.pinPython(python)
	case binder.Python:
		runtime := plan.Path("runtime.txt")
		if plan.PythonFrom != "" && plan.PythonFrom != runtime {
			return nil
		}
		lines := strings.Count(c.facts.Text(runtime), "\n")
		if text := c.facts.Text(runtime); text != "" && !strings.HasSuffix(text, "\n") {
			lines++
		}
		return []Change{{Path: runtime, Line: 1, Delete: lines, Insert: []string{"python-" + python}}}
	}
	return nil
}

// pinPython is the change of environment.yml that pins Python.
func (c *checker) pinPython(python string) []Change {
	file, pins := c.pythonPins()
	for _, p := range pins {
		line := repository.LineAt(c.facts.Text(file), p.node.Line)
		if p.second || !strings.Contains(line, p.node.Value) {
			continue
		}
		return c.once(file, p.node.Line, p.node.Value, "python="+python)
	}
	env := c.facts.Plan.Environment
	if len(pins) > 0 || env == nil || len(env.Dependencies) == 0 || env.Dependencies[0].Kind != yaml.ScalarNode {
		return nil
	}
	first := env.Dependencies[0].Line
	line := repository.LineAt(c.facts.Text(env.Path), first)
	if dash := strings.IndexByte(line, '-'); strings.HasPrefix(strings.TrimSpace(line), "- ") {
		return []Change{{Path: env.Path, Line: first, Insert: []string{line[:dash] + "- python=" + python}}}
	}
	return nil
}

var companionTooNew = &Rule{
	ID:       "companion-too-new",
	Level:    card.LevelError,
	Title:    "A release too old for the packages beside it",
	When:     "pip is asked for a series of Bokeh, Panel, Dash, Streamlit or Voilà that was tried on Python 3.10 and does not run with the newest releases of the packages that it needs, and nothing keeps those back; or for one of pandas, matplotlib, scikit-learn and other much used packages that cannot be imported with them. It is a warning for packages that are only imported, where the release or the Python is another than the one that was tried, or where another package may keep them back.",
	Why:      "Everything is installed, and the app fails as soon as it imports the package: numpy 2 has no bool8, which Bokeh 2 wants, and is another than the one for which pandas 1.5 was compiled, Flask 2.3 no before_first_request, which Dash 2.6 wants, and protobuf 4 refuses the files of Streamlit 1.6.",
	Evidence: "The newest release of each minor series, installed alone by uv 0.13 on Python 3.10, and imported; those of frameworks were served and opened, too. Those that failed were tried again with older companions, in November 2026.",
	Fix:      "ask for the older companions, too, or for a newer release",
	Check:    checkCompanionTooNew,
}

func checkCompanionTooNew(c *checker) {
	for i := range c.facts.Installed.Requirements {
		q := &c.facts.Installed.Requirements[i]
		run, ok := releases.RunOf(q.Name, q.Specs)
		if ok && !run.Works && q.Conda == "" && q.URL == "" && c.triedPython(q) != truth.No {
			c.companions(q, &run)
		}
	}
}

// triedPython says whether a requirement is for the Python on which releases were
// tried; it is not known of newer ones, whose companions are as new, nor where conda
// chooses.
func (c *checker) triedPython(q *installed.Requirement) truth.Value {
	have, err := packaging.ParseVersion(c.pythonOf(q))
	tried, _ := packaging.ParseVersion(releases.TriedPython)
	if err != nil || have.Compare(tried) < 0 {
		return truth.No
	}
	_, others := c.otherPythons()
	return truth.Of(have.Compare(tried) == 0 && len(others) == 0).Or(truth.Unknown)
}

// companions reports a release whose companions are not kept back.
func (c *checker) companions(q *installed.Requirement, run *releases.Run) {
	var missing []string
	others := ""
	sure := q.Sure.And(c.triedPython(q)).And(truth.Of(q.Specs.Allow(run.Version)).Or(truth.Unknown))
	wanted := run.Pins
	if len(wanted) == 0 && run.Cause != "" {
		wanted = []string{run.Cause} // with which it fails in another way, if at all
	}
	for _, pin := range wanted {
		kept := c.keptBack(pin, q.In)
		if kept == truth.Yes {
			continue
		}
		if kept == truth.Unknown {
			others = ", unless others keep those back"
		}
		missing = append(missing, pin)
		sure = sure.And(kept.Not())
	}
	if len(missing) == 0 && len(wanted) > 0 {
		return
	}
	if len(run.Pins) == 0 {
		missing = nil
	}
	why := ": " + run.Says
	if len(missing) < len(run.Pins) { // which was not tried, and would say something else
		why, sure = "; only some of them are kept back", sure.And(truth.Unknown)
	}
	does := "does not run"
	if run.Imported {
		does = "cannot be imported"
	}
	f := c.reportAt(q.At, "%s %s with the newest packages that it allows%s%s", quote(q.Written), does, others, why)
	if sure != truth.Yes || run.Imported { // which the app may not do
		f.Level = card.LevelWarning
	}
	if len(missing) == 0 {
		f.Fix = "ask for a newer release; no older companions were found with which it runs"
		return
	}
	f.Fix = "ask for " + strings.Join(missing, " and ") + ", too, or for a newer release"
	if at, ok := c.facts.Installed.Insert(q.In &^ installed.Server); ok {
		for _, pin := range missing { // one each, since another finding may want the same
			f.Changes = append(f.Changes, Change{Path: at.Path, Line: at.Line, Insert: []string{at.Prefix + pin}})
		}
	}
}

// instead has packages that do instead of an older companion: they bring what it no
// longer has.
var instead = map[string]string{"lxml<5.2": "lxml-html-clean"}

// withExtras says whether a package is asked for with extras, which may bring it, too.
func (c *checker) withExtras(name string) bool {
	return slices.ContainsFunc(c.facts.Installed.Requirements, func(q installed.Requirement) bool { return q.Name == name && len(q.Extras) > 0 })
}

// keptBack says whether something in an environment keeps a package back as a
// pin would. What a package whose release is chosen asks of others is not known.
func (c *checker) keptBack(pin string, in installed.Environment) truth.Value {
	want, err := packaging.ParseRequirement(pin)
	set := c.facts.Installed
	if err != nil || len(want.Specs) == 0 {
		return set.Has(want.Name, in)
	}
	if other := instead[pin]; other != "" && (set.Named(other, in) == truth.Yes || c.withExtras(want.Name)) {
		return truth.Yes
	}
	limits := func(specs packaging.Specifiers) bool {
		return len(specs) > 0 && !releases.AllowsFrom(specs, want.Specs[0].Version)
	}
	kept, asked := truth.No, false
	for i := range set.Requirements {
		switch q := &set.Requirements[i]; {
		case q.In&in == 0:
		case q.Name == want.Name:
			asked = asked || limits(q.Specs)
		default:
			kept = kept.Or(keepsBack(q, want.Name, pin))
		}
	}
	specs, sure := set.Specs(want.Name, in)
	switch {
	case sure == truth.Yes && limits(specs), sure != truth.Yes && asked, kept == truth.Yes: // what may change it may change all
		return truth.Yes
	case sure != truth.Yes:
		return truth.Unknown
	}
	return kept
}

// keepsBack says whether a package wants older companions than the newest, and so does
// what a pin does. Of one that is kept back itself that is known where its series was
// tried; one of which nothing is known may do so.
func keepsBack(q *installed.Requirement, name, pin string) truth.Value {
	run, ok := releases.RunOf(q.Name, q.Specs)
	switch {
	case installed.Apart(q.Name, name):
		return truth.No
	case q.Conda != "": // whose builds may say more than the release
		return truth.Of(len(q.Specs) == 0 && installed.Listed(q.Name)).Not().And(truth.Unknown)
	case ok && slices.Contains(run.Keeps, pin):
		return q.Sure
	case ok && (run.Imported && q.Specs.Allow(run.Version) || slices.Contains(run.Pins, pin)):
		return truth.No
	case ok:
		return truth.Of(installed.Brings(q.Name, name) != truth.No).And(truth.Unknown)
	}
	return truth.Of(len(q.Specs) > 0 || !installed.Listed(q.Name)).And(truth.Unknown)
}
