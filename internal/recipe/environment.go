package recipe

import (
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/packaging"
)

// dependency is a package that the environment asks for, and where.
type dependency struct {
	packaging.Requirement
	Path string
	Line int
	// Written is the name as the file has it.
	Written string
}

// environment is what the build installs, as far as the repository says.
type environment struct {
	packages map[string]dependency
	// opaque says that something is installed that is not named here: from an
	// address, a Dockerfile, a file that was not read.
	opaque bool
	// insert is where a further package can be asked for: the line after the
	// last one of a list, and the list's indentation.
	insert *insertion
}

type insertion struct {
	path   string
	line   int
	prefix string
}

// readEnvironment collects what the files that the build uses ask for, and what
// postBuild installs.
func (c *checker) readEnvironment() *environment {
	e := &environment{packages: map[string]dependency{}}
	if c.plan.Pack == binder.Docker || c.plan.Pack == binder.Nix || c.plan.Pack == "" && len(c.plan.Faults) > 0 {
		e.opaque = true
	}
	for _, f := range c.plan.Files {
		if !f.Used {
			continue
		}
		switch path.Base(f.Path) {
		case "environment.yml", "environment.yaml":
			c.readConda(e)
		case "requirements.txt":
			c.readRequirements(e, f.Path, 0)
			if e.insert == nil {
				e.insert = &insertion{f.Path, strings.Count(c.text(f.Path), "\n") + 1, ""}
				if text := c.text(f.Path); text != "" && !strings.HasSuffix(text, "\n") {
					e.insert.line++
				}
			}
		case "Pipfile", "Pipfile.lock":
			c.readPipfile(e)
		case "pyproject.toml":
			c.readProject(e)
		case "setup.py":
			e.opaque = true
		}
	}
	c.readInstalls(e)
	if c.plan.Pack == binder.R {
		e.add("jupyter-rsession-proxy", "", 0) // which the build pack installs itself
	}
	return e
}

// add notes a package that is asked for by its name alone.
func (e *environment) add(name, file string, line int) {
	e.put(packaging.Requirement{Name: packaging.Normalize(name)}, file, line, name)
}

func (e *environment) put(r packaging.Requirement, file string, line int, written string) {
	if r.URL != "" {
		e.opaque = true
	}
	if _, ok := e.packages[r.Name]; !ok {
		e.packages[r.Name] = dependency{r, file, line, written}
	}
}

// readConda reads environment.yml.
func (c *checker) readConda(e *environment) {
	env := binder.ReadEnvironment(c.facts.Snapshot, c.plan.Config)
	if env == nil || env.Err != "" {
		e.opaque = true
		return
	}
	last := 0
	for _, node := range env.Dependencies {
		if node.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(node.Content); i += 2 {
				for _, item := range node.Content[i+1].Content {
					c.requirement(e, env.Path, item.Line, item.Value, 0)
				}
			}
			continue
		}
		last = max(last, node.Line)
		if r, err := packaging.ParseConda(node.Value); err == nil {
			e.put(r, env.Path, node.Line, node.Value)
		} else {
			e.opaque = true
		}
	}
	if last > 0 {
		if line := lineAt(c.text(env.Path), last); strings.HasPrefix(strings.TrimSpace(line), "- ") {
			e.insert = &insertion{env.Path, last + 1, line[:strings.IndexByte(line, '-')] + "- "}
		}
	}
}

// lineAt returns a line of a text, from 1, without its end.
func lineAt(text string, number int) string {
	lines := splitLines(text)
	if number < 1 || number > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[number-1], "\r\n")
}

// requirement notes one line of pip's.
func (c *checker) requirement(e *environment, file string, number int, text string, depth int) {
	for _, l := range packaging.ParseRequirements(text) {
		c.line(e, file, number, l, depth)
	}
}

func (c *checker) line(e *environment, file string, number int, l packaging.Line, depth int) {
	switch {
	case l.Requirement != nil:
		e.put(*l.Requirement, file, number, l.Text)
	case l.Option == "-r" || l.Option == "--requirement":
		c.readRequirements(e, path.Join(path.Dir(file), l.Value), depth+1)
	case l.Option == "":
		e.opaque = true
		if l.Err != nil {
			c.find("requirement-broken", file, number, "%s is no requirement: %s; pip installs nothing and the build fails", quote(l.Text), l.Err)
		}
	case l.Option == "-e" || l.Option == "--editable":
		e.opaque = true
	}
}

// readRequirements reads a requirements file.
func (c *checker) readRequirements(e *environment, file string, depth int) {
	data, ok := c.facts.Snapshot.Read(file)
	if !ok || depth > 5 {
		e.opaque = true
		return
	}
	for _, l := range packaging.ParseRequirements(string(data)) {
		c.line(e, file, l.Number, l, depth)
	}
}

// readPipfile reads the names in Pipfile; a lock file alone is opaque.
func (c *checker) readPipfile(e *environment) {
	var file struct {
		Packages map[string]any `toml:"packages"`
		Dev      map[string]any `toml:"dev-packages"`
	}
	p := c.plan.Path("Pipfile")
	data, ok := c.facts.Snapshot.Read(p)
	if _, err := toml.Decode(string(data), &file); err != nil || !ok {
		e.opaque = true
		return
	}
	for _, group := range []map[string]any{file.Packages, file.Dev} {
		for name, version := range group {
			r := packaging.Requirement{Name: packaging.Normalize(name)}
			if text, ok := version.(string); ok {
				r.Specs, _ = packaging.ParseSpecifiers(strings.Trim(text, "*"))
			}
			e.put(r, p, 0, name)
		}
	}
}

// readProject reads what pyproject.toml says that the package needs.
func (c *checker) readProject(e *environment) {
	var file struct {
		Project struct {
			Dependencies []string `toml:"dependencies"`
			Dynamic      []string `toml:"dynamic"`
		} `toml:"project"`
	}
	if _, err := toml.Decode(c.text("pyproject.toml"), &file); err != nil || slices.Contains(file.Project.Dynamic, "dependencies") {
		e.opaque = true
	}
	for _, text := range file.Project.Dependencies {
		if r, err := packaging.ParseRequirement(text); err == nil {
			e.put(r, "pyproject.toml", 0, text)
		}
	}
}

// readInstalls notes what postBuild installs by pip or conda.
func (c *checker) readInstalls(e *environment) {
	commands, _ := c.facts.Script(c.plan.Path(binder.PostBuild))
	for _, cmd := range commands {
		args := inspect.Unwrap(cmd.Args)
		if len(args) < 2 {
			continue
		}
		program := path.Base(args[0])
		conda := program == "conda" || program == "mamba" || program == "micromamba"
		if (strings.HasPrefix(program, "pip") || conda) && args[1] == "install" {
			c.installed(e, cmd, args[2:], conda)
		} else if slices.Contains(args, "install") || program == "make" || program == "bash" || program == "sh" || program == "source" {
			e.opaque = true
		}
	}
}

func (c *checker) installed(e *environment, cmd inspect.Command, args []string, conda bool) {
	file := c.plan.Path(binder.PostBuild)
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "-r" || arg == "--requirement" || arg == "--file" || arg == "-e":
			e.opaque = true
			if i++; arg == "-r" && i < len(args) {
				opaque := e.opaque
				e.opaque = false
				c.readRequirements(e, path.Join(cmd.Dir, args[i]), 1)
				e.opaque = e.opaque || opaque && !c.facts.Snapshot.IsFile(path.Join(cmd.Dir, args[i]))
			}
		case arg == "-c" || arg == "-n" || arg == "-p" || arg == "--name" || arg == "--prefix" || arg == "--channel" || arg == "--index-url":
			i++
		case strings.HasPrefix(arg, "-"):
		case strings.ContainsAny(arg, "{/") || arg == ".":
			e.opaque = true
		case conda:
			if r, err := packaging.ParseConda(arg); err == nil {
				e.put(r, file, cmd.Line, arg)
			}
		default:
			if r, err := packaging.ParseRequirement(arg); err == nil {
				e.put(r, file, cmd.Line, arg)
			}
		}
	}
}

// has says whether a package is asked for, or comes with one that is.
func (e *environment) has(name string) bool {
	if _, ok := e.packages[name]; ok {
		return true
	}
	for asked := range e.packages {
		if slices.Contains(closure(asked), name) {
			return true
		}
	}
	return false
}

// closed says whether all that is installed is known.
func (e *environment) closed() bool {
	if e.opaque {
		return false
	}
	for name := range e.packages {
		if _, ok := needs[name]; !ok {
			return false
		}
	}
	return true
}

// request returns the change that asks for a further package.
func (e *environment) request(name string) []Change {
	if e.insert == nil {
		return nil
	}
	return []Change{{Path: e.insert.path, Line: e.insert.line, Insert: []string{e.insert.prefix + name}}}
}
