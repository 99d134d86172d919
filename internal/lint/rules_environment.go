package lint

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

var environmentRules = []*Rule{
	pythonPinIgnored, pythonPinnedTwice, twoEnvironments, requirementBroken, noBuild, builtFromSource, companionTooNew, notOnIndex, notTheModule,
	gitProtocol, localFile, otherSystem, otherBuilds, channelWrong, prefixUnused, serverMissing, proxyMissing, nbserverproxy,
}

var (
	pinned   = regexp.MustCompile(`^python\s*=+\s*[\d.]*`)
	asPython = regexp.MustCompile(`(?i)^(?:[^\s:]+::)?python(?:[\s=<>!~\[].*)?$`)
	oldProxy = regexp.MustCompile(`nbserverproxy[^\s#"',\]]*`)
)

// pythonFits says whether the Python that repo2docker takes is one that a
// dependency allows.
func (c *checker) pythonFits(dependency string) bool {
	taken, err := packaging.ParseVersion(c.facts.Plan.Python)
	asked, err2 := packaging.ParseConda(dependency)
	return err == nil && err2 == nil && asked.Specs.Allow(taken)
}

// otherPythons lists the Pythons that conda may take instead of the plan's, since
// environment.yml asks for Python by something that is no pin.
func (c *checker) otherPythons() (asked string, list []string) {
	_, pins := c.pythonPins()
	var specs packaging.Specifiers
	for _, p := range pins {
		if p.taken {
			return "", nil
		}
		asked = p.node.Value
		if q, err := packaging.ParseConda(asked); err == nil { // else it may allow any
			specs = append(specs, q.Specs...)
		}
	}
	for _, python := range binder.Pythons() {
		if asked != "" && python != c.facts.Plan.Python && allowsSeries(specs, python) {
			list = append(list, python)
		}
	}
	return asked, list
}

// LoosePython is what environment.yml asks of Python where conda may take another one
// than the plan's; "" where it may not.
func (r *Report) LoosePython() string {
	asked, others := (&checker{facts: r.Facts}).otherPythons()
	if len(others) == 0 {
		return ""
	}
	return asked
}

// allowsSeries says whether conditions allow a version of a Python of two numbers.
func allowsSeries(specs packaging.Specifiers, python string) bool {
	first, err := packaging.ParseVersion(python)
	last := packaging.Version{Release: append(slices.Clone(first.Release), lastFix)}
	fix := func(s packaging.Specifier) bool { // python=3.8.2
		return len(s.Version.Release) > 2 && len(first.Release) == 2 && slices.Equal(s.Version.Release[:2], first.Release) && specs.Allow(s.Version)
	}
	return err == nil && (specs.Allow(first) || specs.Allow(last) || slices.ContainsFunc(specs, fix))
}

// newestFor is the newest Python that a dependency allows and repo2docker has, and
// that has all releases which are asked for; "" where there is none. One whose
// folder postBuild names comes first.
func (c *checker) newestFor(dependency string) string {
	asked, err := packaging.ParseConda(dependency)
	if err != nil || len(asked.Specs) == 0 {
		return ""
	}
	list := proposed()
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(c.namedFolders(a), c.namedFolders(b)) })
	for _, python := range slices.Backward(list) {
		if allowsSeries(asked.Specs, python) && c.allFit(python) {
			return python
		}
	}
	return ""
}

// namedFolders counts the commands of postBuild that name a folder of a Python's.
func (c *checker) namedFolders(python string) int {
	if !readable(c.facts.PostBuild) {
		return 0
	}
	n := 0
	for i := range c.facts.PostBuild.Commands {
		if slices.ContainsFunc(shell.Strings(c.facts.PostBuild.Commands[i].Args), func(word string) bool { return strings.Contains(word, "/python"+python+"/") }) {
			n++
		}
	}
	return n
}

// lastFix is more than the number of fixes that a Python has had.
const lastFix = 50

// pin is a dependency of environment.yml that asks for Python.
type pin struct {
	node *yaml.Node
	// taken says that repo2docker takes it for a pin, and second that it comes
	// after one that is taken.
	taken, second bool
}

// pythonPins lists what environment.yml asks of Python.
func (c *checker) pythonPins() (file string, pins []pin) {
	env := c.facts.Plan.Environment
	if c.facts.Plan.Pack != binder.Conda || env == nil || env.Err != "" {
		return "", nil
	}
	taken := false
	for _, node := range env.Dependencies {
		if node.Kind == yaml.ScalarNode && asPython.MatchString(node.Value) {
			p := pin{node, pinned.MatchString(node.Value), taken}
			taken = taken || p.taken
			pins = append(pins, p)
		}
	}
	return env.Path, pins
}

var pythonPinIgnored = &Rule{
	ID:       "python-pin-ignored",
	Level:    card.LevelWarning,
	Title:    "A pin of Python that is passed over",
	When:     "environment.yml asks for Python by something else than python=VERSION, and not for one that " + binder.DefaultPython + " would do for: python>=3.12, python 3.11, conda-forge::python=3.11, Python=3.11.",
	Why:      "repo2docker takes none of them for a pin and builds on Python " + binder.DefaultPython + ", into which conda then has to fit what was asked for.",
	Evidence: withRepo2docker + ".",
	Fix:      "write python=3.12",
	Check:    checkPythonPinIgnored,
}

func checkPythonPinIgnored(c *checker) {
	file, pins := c.pythonPins()
	for _, p := range pins {
		if p.taken || p.second || c.pythonFits(p.node.Value) {
			continue
		}
		f := c.reportAt(position.Position{File: file, Line: p.node.Line, Column: p.node.Column}, "%s is no pin for repo2docker, which takes Python %s", quote(p.node.Value), c.facts.Plan.Python)
		line := repository.LineAt(c.facts.Text(file), p.node.Line)
		if python := c.newestFor(p.node.Value); python != "" && strings.Contains(line, p.node.Value) {
			f.Fix = "write python=" + python + ", which it allows"
			f.Changes = c.once(file, p.node.Line, p.node.Value, "python="+python)
		}
	}
}

var pythonPinnedTwice = &Rule{
	ID:       "python-pinned-twice",
	Level:    card.LevelWarning,
	Title:    "Two pins of Python",
	When:     "environment.yml has several dependencies python=VERSION.",
	Why:      "The first one wins.",
	Evidence: withRepo2docker + ".",
	Fix:      "keep one of them",
	Check:    checkPythonPinnedTwice,
}

func checkPythonPinnedTwice(c *checker) {
	file, pins := c.pythonPins()
	for _, p := range pins {
		if p.taken && p.second {
			f := c.reportAt(position.Position{File: file, Line: p.node.Line, Column: p.node.Column}, "%s comes after another pin of Python, which wins", quote(p.node.Value))
			f.Changes = []Change{{Path: file, Line: p.node.Line, Delete: 1}}
		}
	}
}

var requirementBroken = &Rule{
	ID:       "requirement-broken",
	Level:    card.LevelError,
	Title:    "A line that is no requirement",
	When:     "A line of requirements.txt, of the list under pip:, of a list that one of them includes or of what postBuild gives to pip is not one that the packaging rules (PEP 508) allow, such as bokeh=3.9 with a single =, or names a list or a folder that is not there; or RUN pip of a Dockerfile names a list that nothing puts into the image; or a word that pip, conda or apt-get is given begins with a dash or a quote of a word processor's. It is a warning where nobody looks at the failure, or where only a newer pip refuses the line.",
	Why:      "pip refuses the whole file, and the build fails.",
	Evidence: "pip 25.2, which repo2docker 2026.4 installs: \"Invalid requirement\", exit 1. Some six hundred lists are read as its own parser reads them.",
	Fix:      "write NAME==VERSION, with two =",
	Check:    checkRequirementBroken,
}

func checkRequirementBroken(c *checker) {
	c.imageLists()
	c.typographicWords()
	for _, b := range c.facts.Installed.Broken {
		what, so, level, fix := "is no requirement", "pip installs nothing and the build fails", card.LevelError, c.rule.Fix
		if target := (*installed.TargetError)(nil); errors.As(b.Err, &target) {
			what, fix = "cannot be followed", "name a list or a folder that is there; -e . is the repository itself"
		}
		if b.Fails != truth.Yes {
			so, level = "where it is refused, nothing is installed", card.LevelWarning
		}
		f := c.reportAt(b.At, "%s %s: %s; %s", quote(b.Text), what, b.Err, so)
		f.Level, f.Fix = level, fix
	}
}

// lacks reports that an environment lacks a package that is needed. It is less
// than certain where a package of which it is not known what it brings may bring
// this one.
func (c *checker) lacks(name string, in installed.Environment, report func() *Finding) {
	set := c.facts.Installed
	if set.Asked(name, in) != truth.No {
		return
	}
	f := report()
	if f.Fix == addPackage {
		f.Fix = "add " + name + " to the environment"
	}
	f.Changes = insertPackage(set, name)
	if set.Has(name, in) != truth.No {
		f.Level = card.LevelWarning
		f.Message += ", unless another package brings it, which cannot be known"
	}
}

// addPackage is what to do where a package is missing, before it is known which.
const addPackage = "add the package to the environment"

var serverMissing = &Rule{
	ID:       "server-missing",
	Level:    card.LevelError,
	Title:    "The program that serves the app is not installed",
	When:     "A command starts bokeh, panel, streamlit or voila, or a package starts what it does not bring, as marimo's extension of Jupyter does, and neither the environment nor postBuild installs it or a package that needs it; or Voilà is configured, in voila.json or in Jupyter's configuration, and not installed. It is a warning where something else is installed of which it is not known what it brings.",
	Why:      "The command is not found, and the reader sees an error page instead of the app.",
	Evidence: "jupyter-server-proxy 4.6.0: an entry whose command exits at once gives 500 when its timeout is over. marimo-jupyter-extension 0.5.0 without marimo: \"marimo executable not found\", and 404 at its address.",
	Fix:      addPackage,
	Check:    checkServerMissing,
}

func checkServerMissing(c *checker) {
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		args := shell.UnwrapTexts(start.Args)
		if len(args) == 0 {
			continue
		}
		if fw := framework.OfProgram(args[0]); fw != nil && fw.Package != "" {
			c.lacks(fw.Package, installed.Both, func() *Finding {
				return c.report(start.Path, start.Line, "%s is started here, and nothing installs the package %s", fw.Command.Program, fw.Package)
			})
		}
	}
	for _, app := range c.shown() {
		if s, fw := app.Start, app.Framework; s.Kind == repository.StartPackage && fw.Package != "" {
			c.lacks(fw.Package, installed.Both, func() *Finding {
				return c.report(s.Path, s.Line, "%s starts %s, and nothing installs the package %s", s.Name, fw.Command.Program, fw.Package)
			})
		}
	}
	for _, fw := range framework.All() {
		c.configured(fw)
	}
}

// configured reports a framework that is configured and not installed, unless what it
// would serve is reported already, or by the link that leads there.
func (c *checker) configured(fw *framework.Framework) {
	leads := func(b framework.Brought) bool {
		return slices.ContainsFunc(c.facts.OwnLinks(), func(l repository.Link) bool { return serverOf(l.Place.Address) == serverOf(b.Base) })
	}
	starts := func(s repository.Start) bool {
		args := shell.UnwrapTexts(s.Args)
		return len(args) > 0 && framework.OfProgram(args[0]) == fw
	}
	at, ok := c.configures(fw)
	if !ok || slices.ContainsFunc(fw.Brings, leads) || slices.ContainsFunc(c.facts.Starts, starts) {
		return
	}
	c.lacks(fw.Package, installed.Both, func() *Finding {
		return c.reportAt(at, "this configures %s, and nothing installs the package %s", fw.Name, fw.Package)
	})
}

// configures is where the repository configures a framework.
func (c *checker) configures(fw *framework.Framework) (at position.Position, ok bool) {
	for _, name := range fw.Configs {
		if c.facts.Snapshot.IsFile(name) {
			return position.Position{File: name}, true
		}
	}
	for _, class := range fw.Classes {
		if at, ok := c.facts.Jupyter.Sets(class); ok {
			return at, true
		}
	}
	return position.Position{}, false
}

var proxyMissing = &Rule{
	ID:       "proxy-missing",
	Level:    card.LevelError,
	Title:    "jupyter-server-proxy is not installed",
	When:     "Something starts an app beside Jupyter, and neither the environment nor postBuild installs jupyter-server-proxy or a package that needs it, into the environment of the server. It is a warning where something else is installed of which it is not known what it brings.",
	Why:      "Nothing answers below /proxy/ or at an entry's name: the reader sees Jupyter's 404.",
	Evidence: "jupyter-server 2.21.1 without the package.",
	Fix:      "add jupyter-server-proxy to the environment",
	Check:    checkProxyMissing,
}

func checkProxyMissing(c *checker) {
	if _, old := c.facts.Installed.Find("nbserverproxy"); old || len(c.facts.Starts) == 0 {
		return
	}
	at, _ := c.facts.Installed.Insert(installed.Server)
	c.lacks(repository.ProxyPackage, installed.Server, func() *Finding {
		f := c.report(at.Path, 0, "%s, so the app cannot be reached", c.absent(repository.ProxyPackage, "nothing installs jupyter-server-proxy", "jupyter-server-proxy is installed for the kernel alone"))
		f.Fix = c.absent(repository.ProxyPackage, f.Fix, twoEnvironments.Fix)
		return f
	})
}

var nbserverproxy = &Rule{
	ID:       "nbserverproxy",
	Level:    card.LevelError,
	Title:    "nbserverproxy instead of jupyter-server-proxy",
	When:     "The environment installs nbserverproxy and not jupyter-server-proxy.",
	Why:      "The package was renamed in 2018. It is an extension of the classic notebook server, which Binder no longer runs, so nothing is proxied.",
	Evidence: "The repository's move to jupyterhub/jupyter-server-proxy; repo2docker 2026.4 starts jupyter-lab on jupyter-server 2.",
	Fix:      "ask for jupyter-server-proxy",
	Check:    checkNbserverproxy,
}

func checkNbserverproxy(c *checker) {
	old, ok := c.facts.Installed.Find("nbserverproxy")
	if !ok || len(c.facts.Starts) == 0 {
		return
	}
	c.lacks(repository.ProxyPackage, installed.Server, func() *Finding {
		return c.reportAt(old.At, "nbserverproxy was renamed jupyter-server-proxy and does nothing for today's server")
	})
	for _, f := range c.findings {
		f.Changes = nil
		if line := repository.LineAt(c.facts.Text(old.At.File), old.At.Line); strings.Contains(line, "nbserverproxy") {
			f.Changes = onLine(old.At.File, old.At.Line, oldProxy.ReplaceAllString(line, repository.ProxyPackage))
		}
	}
}

// insertPackage returns the change that asks for a further package.
func insertPackage(set *installed.Set, name string) []Change {
	at, ok := set.Insert(installed.Server)
	if !ok {
		return nil
	}
	return []Change{{Path: at.Path, Line: at.Line, Insert: []string{at.Prefix + name}}}
}
