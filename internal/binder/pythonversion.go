package binder

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/bokehbinder/bokehbinder/internal/packaging"
)

// DefaultPython is the version of Python where nothing says which.
const DefaultPython = "3.10"

// pythons are the versions that repo2docker has an environment for.
var pythons = []string{"2.7", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}

// requirable are those that it offers to requires-python, in its order.
var requirable = []string{"3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}

// majors are what a version of one number means.
var majors = map[string]string{"2": "2.7", "3": DefaultPython}

// setPython takes a version that a file asks for, of as many numbers as it
// has, or notes that there is no such environment.
func (p *planner) setPython(version, from string, line int) {
	parts := strings.Split(version, ".")
	if len(parts) == 1 {
		parts = strings.Split(majors[version], ".")
	}
	short := strings.Join(parts[:min(2, len(parts))], ".")
	if !slices.Contains(pythons, short) {
		p.fault(FaultPython, from, line, "repo2docker has no environment for Python "+version)
		return
	}
	p.plan.Python, p.plan.PythonFrom = short, from
	if old := short == "2.7" || short == "3.5" || short == "3.6"; old {
		p.plan.Python = DefaultPython // the server's; the old one is a kernel's
	}
}

// python finds the version that the Python pack takes, and those built on it.
func (p *planner) python() {
	name, version, ok := p.pythonRuntime()
	if !ok {
		return
	}
	if name != "" && name != "python" || version == "" {
		p.setPython(DefaultPython, "", 0)
	} else {
		p.runtimePython(version)
	}
	if name == "" || name == "python" {
		p.requiresPython(version)
	}
}

// pythonRuntime reads runtime.txt, whose form the choice of the build pack has
// checked where it was read.
func (p *planner) pythonRuntime() (name, version string, ok bool) {
	content, found := p.files.Read(p.plan.Path("runtime.txt"))
	if !found {
		return "", "", true
	}
	r, problem := detector{p.files, p.plan.Config}.runtime()
	if problem != "" {
		p.fault(FaultRuntime, p.plan.Path("runtime.txt"), 1, problem)
		return "", "", false
	}
	if parts := strings.Split(strings.TrimSpace(string(content)), "-"); len(parts) == 2 || len(parts) == 5 {
		version = parts[1]
	}
	return r.name, version, true
}

// runtimePython takes the version of runtime.txt: one number or two.
func (p *planner) runtimePython(version string) {
	path := p.plan.Path("runtime.txt")
	if v, err := packaging.ParseVersion(version); err != nil || len(v.Release) > 1 && version != v.String() || len(v.Release) > 2 {
		p.fault(FaultPython, path, 1, "runtime.txt asks for Python "+quote(version)+"; only two numbers are taken, as in python-3.12")
		return
	}
	p.setPython(version, path, 1)
}

// requiresPython looks at pyproject.toml, which may rule the version out.
func (p *planner) requiresPython(runtime string) {
	content, ok := p.files.Read("pyproject.toml")
	if p.plan.Dir != "" || !ok || p.plan.Python == "" {
		return
	}
	var project struct {
		Project struct {
			Requires string `toml:"requires-python"`
		} `toml:"project"`
	}
	if _, err := toml.Decode(string(content), &project); err != nil {
		p.fault(FaultPyproject, "pyproject.toml", 0, "pyproject.toml is not TOML")
		return
	}
	specs, err := packaging.ParseSpecifiers(project.Project.Requires)
	if err != nil {
		p.fault(FaultPyproject, "pyproject.toml", lineWith(content, "requires-python"), "requires-python: "+err.Error())
		return
	}
	allows := func(version string) bool {
		v, err := packaging.ParseVersion(version)
		return err == nil && specs.Allow(v)
	}
	if allows(p.plan.Python) {
		return
	}
	line := lineWith(content, "requires-python")
	if strings.Contains(runtime, ".") {
		p.fault(FaultPython, "pyproject.toml", line, "runtime.txt asks for Python "+runtime+", which requires-python rules out")
		return
	}
	for _, version := range slices.Backward(requirable) {
		if allows(version) {
			p.plan.Python, p.plan.PythonFrom = version, "pyproject.toml"
			return
		}
	}
	p.fault(FaultPython, "pyproject.toml", line, "repo2docker has no Python that requires-python allows")
	p.plan.Python = ""
}

// lineWith returns the first line that has a word, 0 if none has.
func lineWith(content []byte, word string) int {
	number := 0
	for line := range strings.Lines(string(content)) {
		if number++; strings.Contains(line, word) {
			return number
		}
	}
	return 0
}

var pipfileVersion = regexp.MustCompile(`^\d+(\.\d+)*`)

// pipfile finds the version that Pipfile.lock or Pipfile ask for.
func (p *planner) pipfile() {
	type requires struct {
		Full  string `json:"python_full_version" toml:"python_full_version"`
		Short string `json:"python_version" toml:"python_version"`
	}
	var lock struct {
		Meta struct {
			Requires requires `json:"requires"`
		} `json:"_meta"`
	}
	var file struct {
		Requires requires `toml:"requires"`
	}
	lockPath, filePath := p.plan.Path("Pipfile.lock"), p.plan.Path("Pipfile")
	if content, ok := p.files.Read(lockPath); ok && json.Unmarshal(content, &lock) != nil {
		p.fault(FaultPipfile, lockPath, 0, "Pipfile.lock is not JSON")
		return
	}
	if content, ok := p.files.Read(filePath); ok {
		if _, err := toml.Decode(string(content), &file); err != nil {
			p.fault(FaultPipfile, filePath, 0, "Pipfile is not TOML")
			return
		}
	}
	for _, from := range []struct {
		requires
		path string
	}{{lock.Meta.Requires, lockPath}, {file.Requires, filePath}} {
		for _, version := range []string{from.Full, from.Short} {
			if m := pipfileVersion.FindString(version); m != "" {
				p.setPython(m, from.path, 0)
				return
			}
		}
	}
	p.setPython(DefaultPython, "", 0)
}
