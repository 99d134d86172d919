package binder

import (
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/tables"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// DefaultPython is the version of Python where nothing says which.
const DefaultPython = "3.10"

// pythons are the versions that repo2docker has an environment for.
var pythons = []string{"2.7", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}

// Pythons lists them, oldest first.
func Pythons() []string { return slices.Clone(pythons) }

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
		p.plan.Python, p.plan.Kernel = DefaultPython, short
	}
}

// python finds the version that the Python pack takes, and those built on it.
func (p *planner) python() {
	r := p.runtime
	if r.fault != nil {
		p.plan.Faults = append(p.plan.Faults, *r.fault)
		return
	}
	if r.name != "" && r.name != "python" || r.version == "" {
		p.setPython(DefaultPython, "", 0)
	} else {
		p.runtimePython(r.version)
	}
	if r.name == "" || r.name == "python" {
		p.requiresPython(r.version)
	}
}

// runtimePython takes the version of runtime.txt: one number or two.
func (p *planner) runtimePython(version string) {
	if v, err := packaging.ParseVersion(version); err != nil || len(v.Release) > 1 && version != v.String() || len(v.Release) > 2 {
		p.fault(FaultPython, p.runtime.path, 1, "runtime.txt asks for Python "+quote(version)+"; only two numbers are taken, as in python-3.12")
		return
	}
	p.setPython(version, p.runtime.path, 1)
}

// requiresPython looks at pyproject.toml, which may rule the version out.
func (p *planner) requiresPython(runtime string) {
	project := p.project
	switch {
	case p.plan.Python == "" || !project.found && !project.unread:
		return
	case project.unread && strings.Contains(runtime, "."):
		return // a version of two numbers is taken or refused, never another
	case project.unread:
		p.unknownPython("pyproject.toml")
		return
	}
	for _, fault := range []*Fault{project.fault, project.form} {
		if fault != nil {
			p.plan.Faults = append(p.plan.Faults, *fault)
			return
		}
	}
	specs, err := packaging.ParseSpecifiers(project.requires)
	if err != nil {
		p.fault(FaultPyproject, "pyproject.toml", project.line, "requires-python: "+err.Error())
		return
	}
	allows := func(version string) bool {
		v, err := packaging.ParseVersion(version)
		return err == nil && specs.Allow(v)
	}
	if asked := cmp.Or(p.plan.Kernel, p.plan.Python); allows(asked) {
		return
	}
	if strings.Contains(runtime, ".") {
		p.fault(FaultPython, "pyproject.toml", project.line, "runtime.txt asks for Python "+runtime+", which requires-python rules out")
		return
	}
	for _, version := range slices.Backward(requirable) {
		if allows(version) {
			p.plan.Python, p.plan.Kernel, p.plan.PythonFrom = version, "", "pyproject.toml"
			return
		}
	}
	p.fault(FaultPython, "pyproject.toml", project.line, "repo2docker has no Python that requires-python allows")
	p.plan.Python = ""
}

// unknownPython notes that a file decides about the version and cannot be read.
func (p *planner) unknownPython(from string) {
	p.plan.Python, p.plan.Kernel, p.plan.PythonFrom = "", "", from
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
	unread := false
	if content, ok := p.files.Read(filePath); ok {
		var limit *tables.LimitError
		switch err := tables.Decode(content, &file); {
		case errors.As(err, &limit):
			unread = true
		case err != nil:
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
	if unread {
		p.unknownPython(filePath)
		return
	}
	p.setPython(DefaultPython, "", 0)
}
