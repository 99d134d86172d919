package installed

import (
	"errors"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// conda reads the environment.yml that repo2docker gives to conda.
func (r *reader) conda() {
	env := r.plan.Environment
	if env == nil {
		return
	}
	r.environment(env, r.kernel(), truth.Yes, truth.Yes)
	content, ok := r.files.Read(env.Path)
	if last := lastPackage(env); ok && last > 0 {
		line := lineAt(string(content), last)
		if strings.HasPrefix(strings.TrimSpace(line), "- ") {
			r.insert(r.kernel(), Insertion{env.Path, last + 1, line[:strings.IndexByte(line, '-')] + "- "}, false)
		}
	}
}

// lastPackage is the last line of the packages that conda itself installs.
func lastPackage(env *binder.EnvironmentFile) int {
	last := 0
	for _, node := range env.Dependencies {
		if node.Kind == yaml.ScalarNode {
			last = max(last, node.Line)
		}
	}
	return last
}

// lineAt returns a line of a text, from 1, without its end.
func lineAt(text string, number int) string {
	for line := range strings.Lines(text) {
		if number--; number == 0 {
			return strings.TrimRight(line, "\r\n")
		}
	}
	return ""
}

// environment notes what an environment.yml asks for.
func (r *reader) environment(env *binder.EnvironmentFile, in Environment, sure, fails truth.Value) {
	if env.Err != "" {
		r.gap(position.Position{File: env.Path, Line: env.Line, Column: 0}, in, env.Err) // a fault of the plan
		return
	}
	r.next()
	for _, node := range env.Dependencies {
		if node.Kind == yaml.ScalarNode {
			r.condaPackage(node.Value, position.Position{File: env.Path, Line: node.Line, Column: node.Column}, in, sure, fails)
		}
	}
	r.next()
	for _, node := range env.Dependencies {
		if node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		if node.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == "pip" {
				r.pipList(env, node.Content[i+1], in, sure, fails)
			} else {
				r.gap(position.Position{File: env.Path, Line: node.Content[i].Line, Column: node.Content[i].Column}, in, "it is for another installer")
			}
		}
	}
}

// pipList reads what environment.yml has conda give to pip. Paths count from the
// file's folder.
func (r *reader) pipList(env *binder.EnvironmentFile, items *yaml.Node, in Environment, sure, fails truth.Value) {
	dir := path.Dir(env.Path)
	l := list{path: path.Join(dir, "environment.yml's list of pip's"), in: in, kind: packaging.Include, dir: dir, sure: sure, fails: fails}
	for _, item := range items.Content {
		at := position.Position{File: env.Path, Line: item.Line, Column: item.Column}
		if item.Kind != yaml.ScalarNode {
			r.gap(at, in, "it is no text")
			continue
		}
		for _, line := range packaging.ParseRequirements(item.Value) {
			r.line(l, at, line)
		}
	}
}

// condaPackage notes a package that conda is asked for.
func (r *reader) condaPackage(text string, at position.Position, in Environment, sure, fails truth.Value) {
	q := Requirement{At: at, Written: text, In: in, Sure: sure, Fails: fails}
	asked, err := packaging.ParseConda(text)
	if err != nil {
		r.set.Requirements = append(r.set.Requirements, Requirement{Requirement: packaging.Requirement{Name: text}, At: at, Written: text, Conda: text, In: in, Sure: sure, step: r.step})
		r.gap(at, in, err.Error())
		return
	}
	q.Requirement, q.Conda = asked, asked.Name
	if name, _ := IndexName(asked.Name); name != "" {
		q.Name = packaging.Normalize(name)
	}
	r.require(q)
}

// CondaToPip writes a package that conda is asked for as pip is asked for it. It
// is empty where nothing is to be installed for it, as for Python itself.
func CondaToPip(q *Requirement) (string, error) {
	if _, err := packaging.ParseConda(q.Written); err != nil {
		return "", err
	}
	name, known := IndexName(q.Conda)
	switch {
	case !known:
		return "", errors.New(q.Conda + " is a package of conda's that is not known to be on the Python Package Index")
	case name == "":
		return "", nil
	}
	_, conditions, err := packaging.CondaToPip(q.Written)
	return name + conditions, err
}
