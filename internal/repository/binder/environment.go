package binder

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/tables"
)

// EnvironmentFile is what an environment.yml says.
type EnvironmentFile struct {
	// Path of the file.
	Path string
	// Dependencies are the nodes of its list; none if there is no list.
	Dependencies []*yaml.Node
	// Channels are the names of the channels, and ChannelNodes where they stand.
	Channels     []string
	ChannelNodes []*yaml.Node
	// Prefix is where it lies on its author's machine, "" where the file does
	// not say so, and PrefixLine where it does.
	Prefix     string
	PrefixLine int
	// Err says why repo2docker does not take it, and Line where.
	Err  string
	Line int
}

// readEnvironment reads the environment.yml that the configuration folder or
// the root has. It is nil if there is none.
func readEnvironment(f Files, c Config) *EnvironmentFile {
	for _, name := range []string{"environment.yml", "environment.yaml"} {
		if path := c.Path(name); f.Exists(path) {
			if content, ok := f.Read(path); ok {
				return ParseEnvironment(path, content)
			}
			e := &EnvironmentFile{Path: path}
			if f.IsDir(path) {
				e.Err = "it is a folder"
			}
			return e
		}
	}
	return nil
}

// ParseEnvironment reads the content of an environment.yml.
func ParseEnvironment(path string, content []byte) *EnvironmentFile {
	e := &EnvironmentFile{Path: path}
	e.read(content)
	return e
}

// read parses the file as strictly as repo2docker does: one document, no key
// twice, a mapping at its top.
func (e *EnvironmentFile) read(content []byte) {
	if !utf8.Valid(content) {
		e.Err = "it is not UTF-8"
		return
	}
	dec := yaml.NewDecoder(bytes.NewReader(content))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return
	case err != nil:
		e.Line, e.Err = position.YAML(err, content)
		return
	}
	if in := position.YAMLPlaces(content); in != nil {
		relocate(&doc, in)
	}
	var values any               // nodes alone do not show that a key is there twice
	var limit *tables.LimitError // what is wrong beyond it is not known
	if err := tables.DecodeYAML(&doc, &values); err != nil && !errors.As(err, &limit) {
		e.Line, e.Err = position.YAML(err, content)
		return
	}
	var second yaml.Node
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		e.Err, e.Line = "it has a second YAML document", second.Line
		return
	}
	e.top(doc.Content[0])
}

// relocate gives nodes the places that all else counts.
func relocate(node *yaml.Node, in func(line, column int) (int, int)) {
	node.Line, node.Column = in(node.Line, node.Column)
	for _, n := range node.Content {
		relocate(n, in)
	}
}

func (e *EnvironmentFile) top(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return
	}
	if node.Kind != yaml.MappingNode {
		e.Err, e.Line = "its top level is no mapping with the key dependencies", node.Line
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		switch key.Value {
		case "dependencies":
			e.dependencies(key, value)
		case "prefix":
			e.Prefix, e.PrefixLine = value.Value, key.Line
		case "channels":
			for _, c := range value.Content {
				e.Channels, e.ChannelNodes = append(e.Channels, c.Value), append(e.ChannelNodes, c)
			}
		}
	}
}

func (e *EnvironmentFile) dependencies(key, value *yaml.Node) {
	switch {
	case value.Kind == yaml.SequenceNode:
		e.Dependencies = value.Content
	case value.Kind == yaml.ScalarNode && value.Tag != "!!str":
		e.Err, e.Line = "dependencies has no list", key.Line
	}
}

var pythonPin = regexp.MustCompile(`^python\s*=+\s*([\d.]*)`)

// environment checks environment.yml and, for the pack that goes by it, finds
// the version of Python.
func (p *planner) environment(decides bool) {
	e := readEnvironment(p.files, p.plan.Config)
	p.plan.Environment = e
	switch {
	case e == nil:
		return
	case e.Err != "":
		p.fault(FaultEnvironment, e.Path, e.Line, e.Err)
		return
	case !decides:
		return
	}
	for _, dep := range e.Dependencies {
		if dep.Kind != yaml.ScalarNode || dep.Tag != "!!str" {
			continue
		}
		if m := pythonPin.FindStringSubmatch(dep.Value); m != nil {
			if m[1] == "" {
				break
			}
			p.setPython(m[1], e.Path, dep.Line)
			return
		}
	}
	p.setPython(DefaultPython, "", 0)
}
