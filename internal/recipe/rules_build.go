package recipe

import (
	"fmt"
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
)

const withRepo2docker = "jupyter-repo2docker 2026.4, its plan compared on more than 600 repositories"

var buildRules = []Rule{
	{"two-config-folders", card.LevelError, "Both binder and .binder",
		"The repository has a folder binder and a folder .binder.",
		"repo2docker takes its files from one of them alone and gives up where there are two.",
		withRepo2docker + ".", "move the files of one folder to the other and delete it"},
	{"legacy-dockerfile", card.LevelError, "A Dockerfile of the first Binder",
		"The root has a Dockerfile whose first FROM names andrewosh/binder-base.",
		"repo2docker refuses it, even where a config folder holds other files.",
		withRepo2docker + ".", "delete the Dockerfile, and list the packages in environment.yml"},
	{"julia-require", card.LevelError, "A REQUIRE file of Julia before 1.0",
		"There is a file REQUIRE, and no Project.toml.",
		"repo2docker no longer builds such environments.",
		withRepo2docker + ".", "write a Project.toml, or delete REQUIRE"},
	{"runtime-malformed", card.LevelError, "A malformed runtime.txt",
		"runtime.txt is none of name-version, name-version-year-month-day and name-year-month-day.",
		"The R build pack reads it before the others are asked, so the build fails even beside an environment.yml.",
		withRepo2docker + ".", "write python-3.12, or delete the file"},
	{"pyproject-broken", card.LevelError, "A pyproject.toml that cannot be read",
		"The root's pyproject.toml, which decides about the build, is not TOML or has no valid requires-python.",
		"The build stops before it begins.",
		withRepo2docker + ".", "mend the file, or put the environment into a folder .binder, which makes it unread"},
	{"environment-broken", card.LevelError, "An environment.yml that cannot be read",
		"environment.yml is not YAML as repo2docker reads it: a tab, a key twice, two documents, a list or a text at the top, dependencies without a value.",
		"The build stops before it begins.",
		withRepo2docker + ".", "mend the file at that line"},
	{"python-unsupported", card.LevelError, "A version of Python that cannot be had",
		"environment.yml, runtime.txt, Pipfile or requires-python asks for a version that repo2docker has no environment for, or runtime.txt for one of three numbers.",
		"The build stops before it begins.",
		withRepo2docker + ".", "ask for one of 3.10 to 3.14, in two numbers"},
	{"pipfile-broken", card.LevelError, "A Pipfile that cannot be read",
		"Pipfile is not TOML, or Pipfile.lock not JSON.",
		"The build stops before it begins.",
		withRepo2docker + ".", "mend the file; pipenv lock writes the lock file anew"},
	{"apt-invalid", card.LevelError, "An apt.txt with something else than packages",
		"A line of apt.txt does not begin with a package's name in lower case.",
		"The build stops before it begins.",
		withRepo2docker + ".", "leave one package's name on each line"},
	{"r-unsupported", card.LevelError, "A version of R, or a date, that cannot be had",
		"runtime.txt asks for an R that repo2docker cannot install, or for packages of a day before 2018-12-07.",
		"The build stops before it begins.",
		withRepo2docker + ".", "write r-4.4-2025-06-01 or the like"},
	{"no-environment", card.LevelError, "No environment file",
		"No build pack finds a file that it goes by where repo2docker looks for one.",
		"mybinder.org has no default build pack, so the build fails. A hub that has one builds an environment without the app's packages.",
		"mybinder.org, and " + withRepo2docker + ".", "write an environment.yml with the app's packages; bokehbinder init does"},
	{"root-scripts-hidden", card.LevelWarning, "Scripts and settings in the root that a config folder hides",
		"The root has postBuild, start, apt.txt, runtime.txt or install.R, and the config folder has none of that name.",
		"With a config folder, whatever it holds, these files of the root are not used.",
		withRepo2docker + ".", "move the file to the config folder"},
	{"root-packages-hidden", card.LevelNote, "Lists of packages in the root that a config folder hides",
		"The root has environment.yml, requirements.txt, Pipfile or a Dockerfile, and the config folder has none of that name.",
		"Binder installs what the config folder lists and nothing else; the two lists may differ.",
		withRepo2docker + ".", "keep both lists the same, or leave the config folder's alone"},
	{"file-ignored", card.LevelWarning, "A file that the build pack ignores",
		"requirements.txt, Pipfile, runtime.txt, install.R or another file that says what is installed stands beside one that comes before it.",
		"Conda's build pack uses neither requirements.txt nor Pipfile nor runtime.txt, Pipfile's not runtime.txt; install.R is run by R's alone, which a runtime.txt with R and a date selects; a Dockerfile is all that is used.",
		withRepo2docker + ".", "move what it says to the file that is used, and delete it"},
}

// build reports what stops the build and which files it passes over.
func (c *checker) build() {
	for _, f := range c.plan.Faults {
		c.find(string(f.Kind), f.Path, f.Line, "%s; the build fails", f.Text)
	}
	if c.plan.Pack == "" && len(c.plan.Faults) == 0 {
		c.noEnvironment()
	}
	for _, f := range c.plan.Files {
		if !f.Used && len(c.plan.Faults) == 0 {
			c.ignored(f)
		}
	}
}

// noEnvironment says what is there instead of an environment file.
func (c *checker) noEnvironment() {
	where, seen := "the root", ""
	if c.plan.Dir != "" {
		where = "the folder " + c.plan.Dir
	}
	for _, f := range c.plan.Files {
		switch name := path.Base(f.Path); {
		case name == "runtime.txt" && path.Dir(f.Path) == path.Dir(c.plan.Path(name)):
			seen = fmt.Sprintf("; runtime.txt says %s, which selects nothing", quote(strings.TrimSpace(c.text(f.Path))))
		case c.plan.Dir != "" && path.Dir(f.Path) == "." && binder.EnvironmentRank(name) >= 0:
			seen = fmt.Sprintf("; the folder hides the root's %s", f.Path)
		}
	}
	if seen != "" && c.facts.Snapshot.Exists(c.plan.Path("requirements.txt")) {
		c.find("no-environment", c.plan.Path("runtime.txt"), 1, "no build pack takes what %s has%s; mybinder.org builds nothing then", where, seen)
		return
	}
	c.find("no-environment", c.plan.Dir, 0, "%s has no file that says what to install%s; mybinder.org builds nothing then", where, seen)
}

// ignored reports one file that is not used.
func (c *checker) ignored(f binder.Use) {
	name := path.Base(f.Path)
	if name == "setup.cfg" || name == "setup.py" || name == "pyproject.toml" || name == "requirements3.txt" || name == "DESCRIPTION" || name == "Manifest.toml" {
		return // other tools use them, too
	}
	hidden := c.plan.Dir != "" && path.Dir(f.Path) == "."
	script := name == binder.PostBuild || name == binder.Start || name == "apt.txt" || name == "runtime.txt" || name == "install.R"
	switch {
	case hidden && c.facts.Snapshot.Exists(c.plan.Path(name)):
		return
	case hidden && script:
		c.find("root-scripts-hidden", f.Path, 0, "the folder %s hides it: Binder does not use it", c.plan.Dir)
	case hidden:
		c.find("root-packages-hidden", f.Path, 0, "the folder %s hides it: Binder installs what that folder says", c.plan.Dir)
	case name == "Pipfile" || c.plan.Pack == "" || c.docker() && c.dockerMentions(name):
		return // Pipfile stands behind its lock
	default:
		c.find("file-ignored", f.Path, 0, "it is not used: %s", f.Why)
	}
}

// dockerMentions says whether the Dockerfile does something with a file.
func (c *checker) dockerMentions(name string) bool {
	return strings.Contains(c.text(c.plan.Path("Dockerfile")), name)
}

// quote quotes a piece of a file for a message.
func quote(text string) string {
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return `"` + strings.ToValidUTF8(strings.NewReplacer("\n", " ", "\r", "").Replace(text), "\ufffd") + `"`
}
