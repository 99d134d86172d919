package lint

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
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
	for _, code := range c.facts.RCode() {
		if call, others := unloaded(code.Text); call != nil && (!profile || code.Lost) {
			c.functionMissing(&code, call, others)
		}
	}
}

// unloaded finds the first call of a function whose package is surely not loaded before,
// with the packages that are; nil where there is none, or it cannot be told.
func unloaded(source string) (missing *rlang.Call, others []string) {
	for _, call := range rlang.Calls(source) {
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
		case slices.ContainsFunc(others, func(name string) bool { return slices.Contains(home, name) }), definedInR(source, call.Name):
			return nil, nil
		case call.Sure:
			return &call, others
		}
	}
	return nil, nil
}

// definedInR says whether a source gives a name a value of its own.
func definedInR(source, name string) bool {
	return regexp.MustCompile(`\b` + name + `\s*(?:<<?-|=[^=])`).MatchString(source)
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
