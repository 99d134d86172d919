package lint

import (
	"fmt"
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

const withRepo2docker = "jupyter-repo2docker 2026.4, its plan compared on more than 600 repositories"

var buildRules = []*Rule{
	twoConfigFolders, legacyDockerfile, juliaRequire, runtimeMalformed, pyprojectBroken, environmentBroken, pythonUnsupported, pipfileBroken, aptInvalid, aptMissing, rUnsupported, rExcluded, noEnvironment, dockerWithoutJupyter, dockerEntrypoint, dockerCommand, rootScriptsHidden, rootPackagesHidden, fileIgnored, nameNearly,
}

var twoConfigFolders = &Rule{
	ID:       "two-config-folders",
	Level:    card.LevelError,
	Title:    "Both binder and .binder",
	When:     "The repository has a folder binder and a folder .binder.",
	Why:      "repo2docker takes its files from one of them alone and gives up where there are two.",
	Evidence: withRepo2docker + ".",
	Fix:      "move the files of one folder to the other and delete it",
	Check:    faults(binder.FaultBoth),
}

var legacyDockerfile = &Rule{
	ID:       "legacy-dockerfile",
	Level:    card.LevelError,
	Title:    "A Dockerfile of the first Binder",
	When:     "The root has a Dockerfile whose first FROM names andrewosh/binder-base.",
	Why:      "repo2docker refuses it, even where a config folder holds other files.",
	Evidence: withRepo2docker + ".",
	Fix:      "delete the Dockerfile, and list the packages in environment.yml",
	Check:    faults(binder.FaultLegacy),
}

var juliaRequire = &Rule{
	ID:       "julia-require",
	Level:    card.LevelError,
	Title:    "A REQUIRE file of Julia before 1.0",
	When:     "There is a file REQUIRE, and no Project.toml.",
	Why:      "repo2docker no longer builds such environments.",
	Evidence: withRepo2docker + ".",
	Fix:      "write a Project.toml, or delete REQUIRE",
	Check:    faults(binder.FaultJulia),
}

var runtimeMalformed = &Rule{
	ID:       "runtime-malformed",
	Level:    card.LevelError,
	Title:    "A malformed runtime.txt",
	When:     "runtime.txt is none of name-version, name-version-year-month-day and name-year-month-day.",
	Why:      "The R build pack reads it before the others are asked, so the build fails even beside an environment.yml.",
	Evidence: withRepo2docker + ".",
	Fix:      "write python-3.12, or delete the file",
	Check:    faults(binder.FaultRuntime),
}

var pyprojectBroken = &Rule{
	ID:       "pyproject-broken",
	Level:    card.LevelError,
	Title:    "A pyproject.toml that cannot be read",
	When:     "The root's pyproject.toml, which decides about the build, is not TOML or has no valid requires-python.",
	Why:      "The build stops before it begins.",
	Evidence: withRepo2docker + ".",
	Fix:      "mend the file, or put the environment into a folder .binder, which makes it unread",
	Check:    faults(binder.FaultPyproject),
}

var environmentBroken = &Rule{
	ID:       "environment-broken",
	Level:    card.LevelError,
	Title:    "An environment.yml that cannot be read",
	When:     "environment.yml is not YAML as repo2docker reads it: a tab, a key twice, two documents, a list or a text at the top, dependencies without a value.",
	Why:      "The build stops before it begins.",
	Evidence: withRepo2docker + ".",
	Fix:      "mend the file at that line",
	Check:    faults(binder.FaultEnvironment),
}

var pythonUnsupported = &Rule{
	ID:       "python-unsupported",
	Level:    card.LevelError,
	Title:    "A version of Python that cannot be had",
	When:     "environment.yml, runtime.txt, Pipfile or requires-python asks for a version that repo2docker has no environment for, or runtime.txt for a version of three numbers, such as 3.11.4.",
	Why:      "The build stops before it begins.",
	Evidence: withRepo2docker + ".",
	Fix:      "ask for Python 3.10 to 3.14, in two numbers",
	Check:    faults(binder.FaultPython),
}

var pipfileBroken = &Rule{
	ID:       "pipfile-broken",
	Level:    card.LevelError,
	Title:    "A Pipfile that cannot be read",
	When:     "Pipfile is not TOML, or Pipfile.lock not JSON.",
	Why:      "The build stops before it begins.",
	Evidence: withRepo2docker + ".",
	Fix:      "mend the file; pipenv lock writes the lock file anew",
	Check:    faults(binder.FaultPipfile),
}

var aptInvalid = &Rule{
	ID:       "apt-invalid",
	Level:    card.LevelError,
	Title:    "An apt.txt with something else than packages",
	When:     "A line of apt.txt does not begin with a package's name in lower case.",
	Why:      "The build stops before it begins.",
	Evidence: withRepo2docker + ".",
	Fix:      "write one package's name, in lower case, on each line",
	Check:    faults(binder.FaultApt),
}

var rUnsupported = &Rule{
	ID:       "r-unsupported",
	Level:    card.LevelError,
	Title:    "A version of R, or a date, that cannot be had",
	When:     "runtime.txt asks for an R that repo2docker cannot install, or for packages of a day before 2018-12-07.",
	Why:      "The build stops before it begins.",
	Evidence: withRepo2docker + ".",
	Fix:      "write " + runtimeOfR + " or the like",
	Check:    faults(binder.FaultR),
}

// faults reports what of one kind stops the build.
func faults(kind binder.FaultKind) func(*checker) {
	return func(c *checker) {
		for _, f := range c.facts.Plan.Faults {
			if f.Kind == kind {
				c.report(f.Path, f.Line, "%s; the build fails", f.Text)
			}
		}
	}
}

var noEnvironment = &Rule{
	ID:       "no-environment",
	Level:    card.LevelError,
	Title:    "No environment file",
	When:     "Where repo2docker looks, there is no file that says what to install, such as environment.yml or requirements.txt.",
	Why:      "mybinder.org has no default build pack, so the build fails. A hub that has one builds an environment without the app's packages. Binder's files in a subfolder are not read.",
	Evidence: "mybinder.org, and " + withRepo2docker + ".",
	Fix:      "write an environment.yml with the app's packages; bokehbinder init does",
	Check:    checkNoEnvironment,
}

// checkNoEnvironment says what is there instead of an environment file.
func checkNoEnvironment(c *checker) {
	if c.facts.Plan.Pack != "" || len(c.facts.Plan.Faults) > 0 {
		return
	}
	where, seen := "the root", ""
	if c.facts.Plan.Dir != "" {
		where = "the folder " + c.facts.Plan.Dir
	}
	for _, f := range c.facts.Plan.Files {
		switch name := path.Base(f.Path); {
		case name == "runtime.txt" && path.Dir(f.Path) == path.Dir(c.facts.Plan.Path(name)):
			seen = fmt.Sprintf("; runtime.txt says %s, which selects nothing", quote(strings.TrimSpace(c.facts.Text(f.Path))))
		case c.facts.Plan.Dir != "" && path.Dir(f.Path) == "." && binder.EnvironmentRank(name) >= 0:
			seen = fmt.Sprintf("; the folder hides the root's %s", f.Path)
		}
	}
	if seen != "" && c.facts.Snapshot.Exists(c.facts.Plan.Path("requirements.txt")) {
		c.report(c.facts.Plan.Path("runtime.txt"), 1, "no build pack takes what %s has%s; mybinder.org builds nothing then", where, seen)
		return
	}
	if c.facts.Snapshot.IsFile(c.facts.Plan.Path("install.R")) && seen == "" {
		f := c.report(c.facts.Plan.Path("install.R"), 0, "%s has an install.R, which selects no build pack, and no other file that says what to install; mybinder.org builds nothing then", where)
		f.Fix = selectR
		f.Changes = []Change{{Path: c.facts.Plan.Path("runtime.txt"), Line: 1, Insert: []string{runtimeOfR}}}
		return
	}
	for _, n := range c.nearNames() {
		if used, _ := c.facts.Plan.WouldUse(n.right); used && binder.EnvironmentRank(n.right) >= 0 && n.right != "apt.txt" && n.right != "runtime.txt" {
			f := c.report(c.facts.Plan.Dir, 0, "%s has no file that says what to install; %s is not read, since its name is not %s; mybinder.org builds nothing then", where, n.path, n.right)
			f.Fix = "rename " + path.Base(n.path) + " to " + n.right
			return
		}
	}
	if stray := strayFolder(c.facts); stray != "" {
		f := c.report(stray, 0, "%s has no file that says what to install; mybinder.org does not read those in %s, and builds nothing", where, quote(stray))
		f.Fix = "move them to a folder .binder in the root; paths in them count from the root"
		return
	}
	c.report(c.facts.Plan.Dir, 0, "%s has no file that says what to install%s; mybinder.org builds nothing then", where, seen)
}

// strayFolder returns the folder whose files are Binder's and lie where no hub
// reads them, the first if there are several: one called binder or .binder that
// is not the root's, or one with a script of Binder's, each with a file that says
// what to install. It is empty where something is built.
func strayFolder(facts *repository.Facts) string {
	if facts.Plan.Pack != "" {
		return ""
	}
	for _, f := range facts.Snapshot.Files() {
		dir, name := path.Split(f.Path)
		if dir = path.Clean(dir); binder.EnvironmentRank(name) < 0 || dir == "." || dir == facts.Plan.Dir {
			continue
		}
		called := strings.TrimPrefix(path.Base(dir), ".") == "binder" && path.Dir(dir) != "."
		if called || facts.Snapshot.IsFile(dir+"/postBuild") || facts.Snapshot.IsFile(dir+"/start") {
			return dir
		}
	}
	return ""
}

var rootScriptsHidden = &Rule{
	ID:       "root-scripts-hidden",
	Level:    card.LevelWarning,
	Title:    "Scripts and settings in the root that a config folder hides",
	When:     "The root has postBuild, start, apt.txt, runtime.txt or install.R, and the config folder has none of that name, nor a script that names it.",
	Why:      "With a config folder, whatever it holds, these files of the root are not used.",
	Evidence: withRepo2docker + ".",
	Fix:      "move the file to the config folder",
	Check:    unused(hiddenScript),
}

var rootPackagesHidden = &Rule{
	ID:       "root-packages-hidden",
	Level:    card.LevelNote,
	Title:    "Lists of packages in the root that a config folder hides",
	When:     "The root has environment.yml, requirements.txt, Pipfile or a Dockerfile, and the config folder has none of that name, nor a script or a list that names it.",
	Why:      "Binder installs what the config folder lists and nothing else; the two lists may differ.",
	Evidence: withRepo2docker + ".",
	Fix:      "keep both lists the same, or leave the config folder's alone",
	Check:    unused(hiddenPackages),
}

var fileIgnored = &Rule{
	ID:       "file-ignored",
	Level:    card.LevelWarning,
	Title:    "A file that the build does not use",
	When:     "requirements.txt, Pipfile, runtime.txt, install.R or another file that says what is installed stands beside one that comes before it, and neither a script nor a list that is used names it.",
	Why:      "Conda's build pack uses neither requirements.txt nor Pipfile nor runtime.txt, Pipfile's not runtime.txt; install.R is run by R's alone, which a runtime.txt with R and a date selects; a Dockerfile is all that is used, which is a note where ONBUILD lines of an unknown base image may use more. Nothing is said where those of the base image are known to.",
	Evidence: withRepo2docker + ".",
	Fix:      "move what it says to the file that is used, and delete it",
	Check:    unused(passedOver),
}

// unusedKind says why a file that Binder does not use is worth a word.
type unusedKind uint8

const (
	notWorthAWord unusedKind = iota
	hiddenScript
	hiddenPackages
	passedOver
)

// message says of a file of this kind what becomes of it.
func (k unusedKind) message(dir, why string) string {
	switch k {
	case hiddenScript:
		return "this file has no effect: the folder " + dir + " hides it"
	case hiddenPackages:
		return "Binder installs what the folder " + dir + " lists, and nothing that this file lists alone"
	}
	return "this file has no effect: " + why
}

// unused reports the files of one kind.
func unused(kind unusedKind) func(*checker) {
	return func(c *checker) {
		if len(c.facts.Plan.Faults) > 0 {
			return
		}
		for _, use := range c.facts.Plan.Files {
			if !use.Used && c.unusedKind(use) == kind {
				f := c.report(use.Path, 0, "%s", kind.message(c.facts.Plan.Dir, use.Why))
				if kind == passedOver && path.Base(use.Path) == "install.R" && !c.facts.Docker() {
					f.Fix = selectR
				}
				if kind == hiddenScript && c.facts.Docker() {
					f.Fix = "have the Dockerfile do what it says, or delete it"
				}
				if image := c.facts.Image; c.facts.Docker() && (image == nil || !isKnownBase(image.Base)) {
					f.Level = card.LevelNote
					f.Message += ", unless its base image has ONBUILD lines for it"
				}
			}
		}
	}
}

// unusedKind tells the kind of a file that is not used.
func (c *checker) unusedKind(use binder.Use) unusedKind {
	name := path.Base(use.Path)
	switch name {
	case "setup.cfg", "setup.py", "pyproject.toml", "requirements3.txt", "DESCRIPTION", "Manifest.toml":
		return notWorthAWord // other tools use them, too
	}
	hidden := c.facts.Plan.Dir != "" && path.Dir(use.Path) == "."
	script := name == binder.PostBuild || name == binder.Start || name == "apt.txt" || name == "runtime.txt" || name == "install.R"
	switch {
	case hidden && c.facts.Snapshot.Exists(c.facts.Plan.Path(name)), c.facts.Takes(use.Path):
		return notWorthAWord
	case hidden && script:
		return hiddenScript
	case hidden:
		return hiddenPackages
	case c.facts.Image != nil && shell.ReadsFiles(c.facts.Image.Base):
		return notWorthAWord
	case name == "Pipfile" || c.facts.Plan.Pack == "" || c.facts.Docker() && c.dockerUses(name):
		return notWorthAWord // Pipfile stands behind its lock
	}
	return passedOver
}

// dockerUses says whether the Dockerfile does something with a file.
func (c *checker) dockerUses(name string) bool {
	return c.facts.Image != nil && c.facts.Image.Names(name)
}

// quote quotes a piece of a file for a message.
func quote(text string) string {
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return `"` + strings.ToValidUTF8(strings.NewReplacer("\n", " ", "\r", "").Replace(text), "\ufffd") + `"`
}
