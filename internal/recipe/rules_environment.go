package recipe

import (
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/packaging"
)

var environmentRules = []Rule{
	{"python-pin-ignored", card.LevelWarning, "A pin of Python that is passed over",
		"environment.yml asks for Python by something else than python=VERSION, and not for one that " + binder.DefaultPython + " would do for: python>=3.12, python 3.11, conda-forge::python=3.11, Python=3.11.",
		"repo2docker takes none of them for a pin and builds on Python " + binder.DefaultPython + ", into which conda then has to fit what was asked for.",
		withRepo2docker + ".", "write python=3.12"},
	{"python-pinned-twice", card.LevelWarning, "Two pins of Python",
		"environment.yml has several dependencies python=VERSION.",
		"The first one wins.",
		withRepo2docker + ".", "keep one of them"},
	{"requirement-broken", card.LevelError, "A line that is no requirement",
		"A line of requirements.txt, of the list under pip: or of another file that pip is given is not one that the packaging rules (PEP 508) allow, such as bokeh=3.9 with a single =.",
		"pip refuses the whole file, and the build fails.",
		"pip 23.2: \"Invalid requirement\", exit 1.", "write NAME==VERSION, with two ="},
	{"server-missing", card.LevelError, "The program that serves the app is not installed",
		"A command starts bokeh, panel, streamlit or voila, and neither the environment nor postBuild installs it or a package that needs it.",
		"The command is not found, and the app's page is an error.",
		"jupyter-server-proxy 4.6.0: an entry whose command exits at once gives 500 when its timeout is over.", "add the package to the environment"},
	{"proxy-missing", card.LevelError, "jupyter-server-proxy is not installed",
		"Something starts an app beside Jupyter, and neither the environment nor postBuild installs jupyter-server-proxy or a package that needs it.",
		"Nothing answers below /proxy/ or at an entry's name: the reader sees Jupyter's 404.",
		"jupyter-server 2.21.1 without the package.", "add jupyter-server-proxy to the environment"},
	{"nbserverproxy", card.LevelError, "nbserverproxy instead of jupyter-server-proxy",
		"The environment installs nbserverproxy and not jupyter-server-proxy.",
		"The package was renamed in 2018. It is an extension of the classic notebook server, which Binder no longer runs, so nothing is proxied.",
		"The repository's move to jupyterhub/jupyter-server-proxy; repo2docker 2026.4 starts jupyter-lab on jupyter-server 2.", "ask for jupyter-server-proxy"},
}

// programs are the packages of the programs that serve apps.
var programs = map[string]string{"bokeh": "bokeh", "panel": "panel", "streamlit": "streamlit", "voila": "voila"}

// environment reports what is wrong with what is installed.
func (c *checker) environment() {
	c.pythonPins()
	if c.plan.Pack == "" || c.docker() || c.plan.Pack == binder.Nix {
		return
	}
	c.proxyPackage()
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		args := inspect.Unwrap(start.Args)
		if len(args) == 0 {
			continue
		}
		program := path.Base(args[0])
		name, ok := programs[program]
		if !ok || c.env.opaque || c.env.has(name) {
			continue
		}
		f := c.find("server-missing", start.Path, start.Line, "%s is started here, and nothing installs the package %s", program, name)
		f.Changes = c.env.request(name)
	}
}

// proxyPackage reports that nothing brings jupyter-server-proxy.
func (c *checker) proxyPackage() {
	if c.env.opaque || len(c.facts.Starts) == 0 || c.env.has("jupyter-server-proxy") {
		return
	}
	if old, ok := c.env.packages["nbserverproxy"]; ok {
		f := c.find("nbserverproxy", old.Path, old.Line, "nbserverproxy was renamed jupyter-server-proxy and does nothing for today's server")
		if line := lineAt(c.text(old.Path), old.Line); strings.Contains(line, "nbserverproxy") {
			f.Changes = []Change{{Path: old.Path, Line: old.Line, Delete: 1, Insert: []string{oldProxy.ReplaceAllString(line, "jupyter-server-proxy")}}}
		}
		return
	}
	file := ""
	if c.env.insert != nil {
		file = c.env.insert.path
	}
	f := c.find("proxy-missing", file, 0, "nothing installs jupyter-server-proxy, so the app cannot be reached")
	f.Changes = c.env.request("jupyter-server-proxy")
}

var (
	pinned   = regexp.MustCompile(`^python\s*=+\s*[\d.]*`)
	asPython = regexp.MustCompile(`(?i)^(?:[^\s:]+::)?python(?:[\s=<>!~\[].*)$`)
	oldProxy = regexp.MustCompile(`nbserverproxy[^\s#"',\]]*`)
	someTwo  = regexp.MustCompile(`(\d+\.\d+)`)
)

// pythonFits says whether the Python that repo2docker takes is one that a
// dependency allows.
func (c *checker) pythonFits(dependency string) bool {
	taken, err := packaging.ParseVersion(c.plan.Python)
	asked, err2 := packaging.ParseConda(dependency)
	return err == nil && err2 == nil && len(asked.Specs) > 0 && asked.Specs.Allow(taken)
}

// pythonPins reports pins of Python that repo2docker passes over.
func (c *checker) pythonPins() {
	env := binder.ReadEnvironment(c.facts.Snapshot, c.plan.Config)
	if c.plan.Pack != binder.Conda || env == nil || env.Err != "" {
		return
	}
	pins := 0
	for _, node := range env.Dependencies {
		if node.Kind != yaml.ScalarNode || !asPython.MatchString(node.Value) {
			continue
		}
		if pinned.MatchString(node.Value) {
			if pins++; pins > 1 {
				f := c.find("python-pinned-twice", env.Path, node.Line, "%s comes after another pin of Python, which wins", quote(node.Value))
				f.Changes = []Change{{Path: env.Path, Line: node.Line, Delete: 1}}
			}
			continue
		}
		if pins > 0 || c.pythonFits(node.Value) {
			continue
		}
		f := c.find("python-pin-ignored", env.Path, node.Line, "%s is no pin for repo2docker, which takes Python %s", quote(node.Value), c.plan.Python)
		line := lineAt(c.text(env.Path), node.Line)
		if two := someTwo.FindString(node.Value); two != "" && strings.Contains(line, node.Value) {
			f.Changes = []Change{{Path: env.Path, Line: node.Line, Delete: 1, Insert: []string{strings.Replace(line, node.Value, "python="+two, 1)}}}
		}
	}
}
