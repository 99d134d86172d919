package lint

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
)

var localFile = &Rule{
	ID:       "local-file",
	Level:    card.LevelError,
	Title:    "A package from a path of another machine",
	When:     "A line of requirements.txt or of the list under pip: asks for NAME @ file:///… or for an absolute path that the image does not have. It is a warning where a command of the repository installs it, and may have made the file before.",
	Why:      "pip finds no such file, installs nothing, and the build fails. Such lines are written by pip freeze in an environment of conda's.",
	Evidence: "pip 25.2: \"Could not install packages due to an OSError: No such file or directory\", exit 1.",
	Fix:      "write NAME==VERSION; pip list --format=freeze writes a list of them",
	Check:    checkLocalFile,
}

// ofImage are folders that an image may have filled before pip runs.
var ofImage = []string{"/home/jovyan", "/srv", "/opt", "/usr", "/etc", "/repo"}

var localForm = regexp.MustCompile(`()\s*@\s*file:[^\s"']+`)

func checkLocalFile(c *checker) {
	for _, d := range c.facts.Installed.Directs {
		file, ok := absolute(d.Target)
		if !ok || slices.ContainsFunc(ofImage, func(dir string) bool { return file == dir || strings.HasPrefix(file, dir+"/") }) {
			continue
		}
		f := c.reportAt(d.At, "%s is asked for, and the image has no %s", quote(d.Text), quote(file))
		if d.Named {
			f.Changes = c.rewrite(d.At, localForm, "")
		}
		certain(f, d.Sure, d.Fails)
	}
}

// absolute is the absolute path that a target is.
func absolute(target string) (string, bool) {
	file, local := strings.CutPrefix(target, "file://")
	if !local {
		file = strings.TrimPrefix(target, "file:")
	}
	file, _, _ = strings.Cut(strings.TrimPrefix(file, "localhost"), "#")
	return path.Clean(file), path.IsAbs(file)
}

// system is an operating system that packages are for.
type system struct {
	name string
	// pip and conda match the packages that there are for it alone, and signs
	// those that conda installs there and that need not fail elsewhere.
	pip, conda, signs *regexp.Regexp
	// prefix matches where its environments lie.
	prefix *regexp.Regexp
}

var otherSystems = []system{
	{
		"Windows",
		regexp.MustCompile(`^(pywin32|pypiwin32|pywinpty|windows-curses|winrt)$`),
		regexp.MustCompile(`^(pywinpty|winpty|vc|vc14-runtime|vs2015-runtime|ucrt)$`),
		regexp.MustCompile(`^(pywin32|wincertstore|win-inet-pton|m2w64-.+|msys2-conda-epoch)$`),
		regexp.MustCompile(`^[A-Za-z]:[\\/]`),
	},
	{
		"macOS",
		regexp.MustCompile(`^pyobjc(-core|-framework-.+)?$`),
		regexp.MustCompile(`^pyobjc-(core|framework-cocoa)$`),
		regexp.MustCompile(`^(appnope|python\.app)$`),
		regexp.MustCompile(`^/Users/`),
	},
}

var otherSystem = &Rule{
	ID:       "other-system",
	Level:    card.LevelError,
	Title:    "A package of Windows or macOS",
	When:     "pip or conda is asked for a package that there is for Windows or macOS alone, such as vs2015_runtime or pyobjc, and with pip pywin32, without a condition that keeps it away from Linux.",
	Why:      "There is no such package for Linux, on which Binder runs, and the build fails. Such lines come from a list that was exported on another system.",
	Evidence: "pip 25.2 on Linux: each of those exits 1, for want of a distribution or while it builds; conda-forge's recipes of those packages build for no other system.",
	Fix:      "delete the line; conda env export --from-history writes what was asked for alone",
	Check:    checkOtherSystem,
}

func checkOtherSystem(c *checker) {
	for i := range c.facts.Installed.Requirements {
		q := &c.facts.Installed.Requirements[i]
		for _, s := range otherSystems {
			if !s.has(q) {
				continue
			}
			f := c.reportAt(q.At, "%s is a package for %s alone", quote(q.Written), s.name)
			f.Changes = c.deleteLine(q)
			certain(f, q.Sure, q.Fails)
		}
	}
}

func (s *system) has(q *installed.Requirement) bool {
	if q.Conda != "" {
		return s.conda.MatchString(q.Conda)
	}
	return s.pip.MatchString(q.Name) && q.URL == ""
}

// exportedOn says on which other system environment.yml was exported, and
// whether it was on one.
func (c *checker) exportedOn() (name string, other truth.Value) {
	env, linux := c.facts.Plan.Environment, false
	for _, s := range otherSystems {
		if s.prefix.MatchString(env.Prefix) || slices.ContainsFunc(c.facts.Installed.Requirements, func(q installed.Requirement) bool {
			return q.Conda != "" && (s.conda.MatchString(q.Conda) || s.signs.MatchString(q.Conda))
		}) {
			return s.name, truth.Yes
		}
	}
	for _, q := range c.facts.Installed.Requirements {
		linux = linux || slices.Contains(ofLinux, q.Conda)
	}
	if linux || strings.HasPrefix(env.Prefix, "/home/") {
		return "", truth.No
	}
	return "", truth.Unknown
}

// ofLinux are packages that conda installs on Linux alone.
var ofLinux = strings.Fields("libgcc-mutex ld-impl-linux-64 libgcc-ng libstdcxx-ng -libgcc-mutex kernel-headers-linux-64 sysroot-linux-64")

var otherBuilds = &Rule{
	ID:       "other-builds",
	Level:    card.LevelError,
	Title:    "Builds of another system",
	When:     "environment.yml pins builds, NAME=VERSION=BUILD, and was exported on Windows or macOS, as its prefix or its packages show. It is a note where it does not show on which system it was exported, or whether any of the packages is compiled.",
	Why:      "The build's hash is of one system. Linux has none of that name, conda finds no solution, and the build fails.",
	Evidence: "conda-build's hash is made of what a build was made with, the system among it.",
	Fix:      "leave =BUILD out; conda env export --no-builds writes the list so",
	Check:    checkOtherBuilds,
}

// hashed matches a dependency with a build, and what it is of if that is one Python:
// such a package is compiled. Another may be one for all systems, whose hash does
// not show it.
var hashed = regexp.MustCompile(`^[^\s=]+=[^=\s]+=(?:[a-z0-9]+_)?(py\d+)?h[0-9a-f]{7}_\d+$`)

func checkOtherBuilds(c *checker) {
	env := c.facts.Plan.Environment
	if env == nil {
		return
	}
	system, other := c.exportedOn()
	if other == truth.No {
		return
	}
	if q, compiled := pinnedBuild(c.facts.Installed.Requirements, env.Path); q != nil {
		f := c.reportAt(q.At, "this list pins builds, such as %s, of %s", quote(q.Written), cmp.Or(system, "the system on which it was exported; Linux may have none of them"))
		if other != truth.Yes || q.Sure.And(q.Fails) != truth.Yes || !compiled {
			f.Level = card.LevelNote
		}
	}
}

// pinnedBuild returns a list's first build of a compiled package, else the first of
// any with a hash, else nil.
func pinnedBuild(requirements []installed.Requirement, list string) (first *installed.Requirement, compiled bool) {
	for i := range requirements {
		q := &requirements[i]
		if q.Conda == "" || q.At.File != list {
			continue
		}
		switch m := hashed.FindStringSubmatch(q.Written); {
		case m == nil:
		case m[1] != "":
			return q, true
		case first == nil:
			first = q
		}
	}
	return first, false
}

var prefixUnused = &Rule{
	ID:       "prefix-unused",
	Level:    card.LevelNote,
	Title:    "A prefix in environment.yml",
	When:     "environment.yml has the key prefix.",
	Why:      "It says where the environment lies on its author's machine. repo2docker tells conda another place, which wins, so readers only learn a path of that machine.",
	Evidence: "repo2docker 2026.4 gives conda the prefix on the command line.",
	Fix:      "delete the line",
	Check:    checkPrefixUnused,
}

func checkPrefixUnused(c *checker) {
	if env := c.facts.Plan.Environment; env != nil && env.Prefix != "" {
		f := c.report(env.Path, env.PrefixLine, "prefix is %s, and Binder's environment lies elsewhere", quote(env.Prefix))
		f.Changes = []Change{{Path: env.Path, Line: env.PrefixLine, Delete: 1}}
	}
}

var channelWrong = &Rule{
	ID:       "channel-wrong",
	Level:    card.LevelWarning,
	Title:    "A channel that conda does not have by that name",
	When:     "environment.yml lists a channel default, condaforge or conda_forge, or asks for a package of one, as default::numpy does.",
	Why:      "The channels are called defaults and conda-forge. conda looks for the wrong name at anaconda.org and finds nothing there, and the build fails with a 404, or goes on without the channel.",
	Evidence: "conda's maintainers: default is no valid channel, and conda ends with \"UnavailableInvalidChannel\". What mamba, which repo2docker runs, makes of it was not measured.",
	Fix:      "write defaults, with an s, or conda-forge",
	Check:    checkChannelWrong,
}

// channels are the names that people write for channels, with the right ones.
var channels = map[string]string{"default": "defaults", "condaforge": "conda-forge", "conda_forge": "conda-forge"}

func checkChannelWrong(c *checker) {
	env := c.facts.Plan.Environment
	if env == nil || env.Err != "" || !c.facts.Plan.Used(path.Base(env.Path)) {
		return
	}
	report := func(node *yaml.Node, name string) {
		if right := channels[name]; right != "" {
			at := position.Position{File: env.Path, Line: node.Line, Column: node.Column}
			f := c.reportAt(at, "there is no channel %s: it is called %s", name, right)
			f.Fix = "write " + right
			f.Changes = c.rewrite(at, regexp.MustCompile(`(^|[\s\["',])`+name+`\b`), right)
		}
	}
	for _, node := range env.ChannelNodes {
		report(node, node.Value)
	}
	for _, node := range env.Dependencies {
		if name, _, ok := strings.Cut(node.Value, "::"); ok {
			report(node, name)
		}
	}
}
