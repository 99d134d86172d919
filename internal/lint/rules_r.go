package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/rlang"
)

var functionMissing = &Rule{
	ID:       "function-missing",
	Level:    card.LevelError,
	Title:    "A function of R's whose package is not loaded",
	When:     "R code that runs in the build, install.R, what postBuild gives to R or RUN of a Dockerfile, calls a function of a package such as remotes by its name alone, as in install_github(…), and loads no package before. It is a warning in install.R of R's build pack, and where it is not known whether the build fails, a note where another package is loaded that may bring the function.",
	Why:      "R ends with \"could not find function\". postBuild and a Dockerfile's RUN fail with it; after install.R the build goes on, and what stands below that line is not installed.",
	Evidence: "repo2docker 2026.4 runs Rscript install.R; rm -rf …, so that its exit code is lost. R has no such function without the package, which it has installed and not loaded.",
	Fix:      "write the package before the function, as in remotes::install_github(…), or library(remotes) before it",
	Check:    checkFunctionMissing,
}

var rExcluded = &Rule{
	ID:       "r-excluded",
	Level:    card.LevelError,
	Title:    "A DESCRIPTION that is for another R",
	When:     "The root's DESCRIPTION, which makes repo2docker install the repository as a package of R, depends on a version of R that excludes the one of runtime.txt, or without one repo2docker's own. It is a warning where a newer R would do and runtime.txt names none, since hubs may have a newer one by default.",
	Why:      "R refuses to install the package, and the build fails.",
	Evidence: "repo2docker 2026.4 runs remotes::install_local() for a DESCRIPTION, on R 4.4.2 unless runtime.txt names another one. R CMD INSTALL ends with an error where Depends excludes the R that runs it.",
	Fix:      "name an R in runtime.txt that DESCRIPTION allows",
	Check:    checkRExcluded,
}

// onR matches what a DESCRIPTION says of R's version.
var onR = regexp.MustCompile(`(?:^|[\s,:])(R\s*\(\s*([<>=!]{1,2})\s*([\d.-]+)\s*\))`)

// conditionR is what a DESCRIPTION asks of R: its place and text, and whether a version
// meets it.
type conditionR struct {
	at     position.Position
	text   string
	allows func(version string) bool
}

// conditionsR lists what the field Depends of a DESCRIPTION asks of R.
func conditionsR(file, text string) []conditionR {
	var out []conditionR
	depends, number := false, 0
	for line := range strings.Lines(text) {
		number++
		if field, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			depends = field == "Depends"
		}
		m := onR.FindStringSubmatchIndex(line)
		if !depends || m == nil {
			continue
		}
		specs, err := packaging.ParseSpecifiers(line[m[4]:m[5]] + strings.ReplaceAll(line[m[6]:m[7]], "-", "."))
		if err == nil {
			out = append(out, conditionR{position.Position{File: file, Line: number, Column: m[2] + 1}, line[m[2]:m[3]], func(version string) bool {
				v, err := packaging.ParseVersion(version)
				return err != nil || specs.Allow(v)
			}})
		}
	}
	return out
}

func checkRExcluded(c *checker) {
	plan := c.facts.Plan
	if plan.R == "" || !plan.Used("DESCRIPTION") || len(plan.Faults) > 0 {
		return
	}
	file := plan.Path("DESCRIPTION")
	conditions := conditionsR(file, c.facts.Text(file))
	refuses := func(version string) int {
		return slices.IndexFunc(conditions, func(cond conditionR) bool { return !cond.allows(version) })
	}
	first := refuses(plan.R)
	if first < 0 {
		return
	}
	cond := conditions[first]
	f := c.reportAt(cond.at, "the package needs %s, and the build takes R %s, which refuses to install it; the build fails", quote(cond.text), plan.R)
	newer := func(version string) bool { return !older(version, plan.R) && refuses(version) < 0 }
	if !plan.RNamed && slices.ContainsFunc(binder.InstallableR(), newer) {
		f.Level = card.LevelWarning
		f.Message += ", unless the hub has a newer R by default"
	}
	for _, version := range binder.InstallableR() {
		if refuses(version) < 0 {
			f.Changes = c.takeR(binder.MinorR(version))
			f.Fix = "write " + f.Changes[0].Insert[0] + " in runtime.txt"
			return
		}
	}
}

// takeR is the change of runtime.txt that has the build take an R; the date of its
// packages stays.
func (c *checker) takeR(version string) []Change {
	file := c.facts.Plan.Path("runtime.txt")
	text := strings.TrimSpace(c.facts.Text(file))
	date := ""
	if parts := strings.Split(text, "-"); len(parts) > 3 && parts[0] == "r" {
		date = "-" + strings.Join(parts[len(parts)-3:], "-")
	}
	lines := strings.Count(strings.TrimSuffix(c.facts.Text(file), "\n"), "\n")
	if text != "" {
		lines++
	}
	return []Change{{Path: file, Line: 1, Delete: lines, Insert: []string{"r-" + version + date}}}
}

// selectR says how to have R's build pack.
const selectR = "write " + runtimeOfR + " into runtime.txt, which selects R's build pack"

// runtimeOfR is a line of runtime.txt with R and the day of its packages.
const runtimeOfR = "r-4.4-2025-06-01"

// functionsOfR are functions that people call by their name alone, with the packages
// that have them.
var functionsOfR = map[string][]string{
	"install_bioc":      {"remotes", "devtools"},
	"install_bitbucket": {"remotes", "devtools"},
	"install_cran":      {"remotes", "devtools"},
	"install_deps":      {"remotes", "devtools"},
	"install_dev":       {"remotes", "devtools"},
	"install_git":       {"remotes", "devtools"},
	"install_github":    {"remotes", "devtools", "ghit", "githubinstall"},
	"install_gitlab":    {"remotes", "devtools"},
	"install_local":     {"remotes", "devtools"},
	"install_svn":       {"remotes", "devtools"},
	"install_url":       {"remotes", "devtools"},
	"install_version":   {"remotes", "devtools"},
	"install_phantomjs": {"webshot"},
	"install_tinytex":   {"tinytex"},
	"p_install":         {"pacman"},
	"p_load":            {"pacman"},
	"pkg_install":       {"pak"},
	"py_install":        {"reticulate"},
}

// loadersOfR are the functions by which R takes packages and code in, and namedInR
// those of them that are told one package by its name.
var (
	loadersOfR = setOf("library require attach source sys.source p_load attachNamespace import use eval evalq")
	namedInR   = setOf("library require")
	nameInR    = regexp.MustCompile(`^[A-Za-z][\w.]*$`)
)

func checkFunctionMissing(c *checker) {
	_, profile := c.facts.Snapshot.File(".Rprofile")
	type answer struct {
		call   *rlang.Call
		others []string
	}
	answers := map[string]answer{} // of the same file, many commands may ask
	asked := func(text string) (*rlang.Call, []string) {
		a, ok := answers[text]
		if !ok {
			a.call, a.others = unloaded(text, c.facts.CallsOfR(text))
			answers[text] = a
		}
		return a.call, a.others
	}
	for _, code := range c.facts.RCode() {
		call, others := asked(code.Text)
		if call != nil && (!profile || code.Lost) {
			c.functionMissing(&code, call, others)
		}
	}
}

// unloaded finds the first call of a function whose package is surely not loaded before,
// with the packages that are; nil where there is none, or it cannot be told.
func unloaded(source string, calls []rlang.Call) (missing *rlang.Call, others []string) {
	own := sync.OnceValue(func() map[string]bool { return definedInR(source) })
	for _, call := range calls {
		if slices.ContainsFunc(call.Args, func(a rlang.Arg) bool { return loadersOfR[a.Value] }) {
			return nil, nil // lapply(packages, library, …)
		}
		home := functionsOfR[call.Name]
		switch {
		case loadersOfR[call.Name]:
			if !namedInR[call.Name] || len(call.Args) == 0 || !nameInR.MatchString(call.Args[0].Value) || call.Arg("character.only") != "" {
				return nil, nil
			}
			others = append(others, call.Args[0].Value)
		case home == nil || call.Package != "":
		case slices.ContainsFunc(others, func(name string) bool { return slices.Contains(home, name) }), own()[call.Name]:
			return nil, nil
		case call.Sure:
			return &call, others
		}
	}
	return nil, nil
}

var assignedInR = regexp.MustCompile(`([\w.]+)\s*(?:<<?-|=[^=])`)

// definedInR are the names that a source gives a value of its own.
func definedInR(source string) map[string]bool {
	names := map[string]bool{}
	for _, m := range assignedInR.FindAllStringSubmatchIndex(source, -1) {
		names[source[m[2]:m[3]]] = true
	}
	return names
}

// functionMissing reports a call of a function that R does not have.
func (c *checker) functionMissing(code *repository.RCode, call *rlang.Call, others []string) {
	at, home := code.At, functionsOfR[call.Name][0]
	if code.File != "" {
		at = position.Count(position.Position{File: code.File, Line: 1, Column: 1}, code.Text).At(call.Offset)
	}
	ends, unless, so := "R ends here", "", ""
	if len(others) > 0 {
		ends, unless = "R may end here", ", unless library("+others[len(others)-1]+") brings it"
	}
	switch {
	case code.Lost:
		so = "; the build goes on, and what follows is not installed"
	case code.Fails == truth.Yes:
		so = "; the build fails"
	}
	f := c.reportAt(at, "%s: %s is a function of %s, which nothing loads before%s%s", ends, call.Name, home, unless, so)
	f.Fix = fmt.Sprintf("write %s::%s(…), or library(%s) before it", home, call.Name, home)
	switch {
	case len(others) > 0:
		f.Level = card.LevelNote
	case code.Sure.And(code.Fails) != truth.Yes, c.facts.Docker() && !isKnownBase(c.facts.Image.Base):
		f.Level = card.LevelWarning
	}
	if code.Lost && at.Column == 1 && slices.Contains(withR, home) {
		f.Changes = []Change{{Path: at.File, Line: at.Line, Insert: []string{"library(" + home + ")"}}}
	}
}

// withR are packages that repo2docker installs with R.
var withR = []string{"remotes", "devtools"}
