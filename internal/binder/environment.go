package binder

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Environment is what an environment.yml says.
type Environment struct {
	// Path of the file.
	Path string
	// Dependencies are the nodes of its list; none if there is no list.
	Dependencies []*yaml.Node
	// Channels are the names of the channels.
	Channels []string
	// Err says why repo2docker does not take it, and Line where.
	Err  string
	Line int
}

// ReadEnvironment reads the environment.yml that the configuration folder or
// the root has. It is nil if there is none.
func ReadEnvironment(f Files, c Config) *Environment {
	for _, name := range []string{"environment.yml", "environment.yaml"} {
		if path := c.Path(name); f.Exists(path) {
			e := &Environment{Path: path}
			if content, ok := f.Read(path); ok {
				e.read(content)
			} else if f.IsDir(path) {
				e.Err = "it is a folder"
			}
			return e
		}
	}
	return nil
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// read parses the file as strictly as repo2docker does: one document, no key
// twice, a mapping at its top.
func (e *Environment) read(content []byte) {
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
		e.fail(err, content)
		return
	}
	var values any // nodes alone do not show that a key is there twice
	if err := doc.Decode(&values); err != nil {
		e.fail(err, content)
		return
	}
	var second yaml.Node
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		e.Err, e.Line = "it has a second document", second.Line
		return
	}
	e.top(doc.Content[0])
}

// fail notes a syntax error. The package counts the lines of its parser's own
// errors from 0, and says of tabs only that they cannot begin a token.
func (e *Environment) fail(err error, content []byte) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	message = strings.TrimSpace(strings.TrimPrefix(message, "unmarshal errors:"))
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		if strings.Contains(message, "did not find expected") {
			e.Line++
		}
		e.Line = min(e.Line, bytes.Count(content, []byte("\n"))+1)
		if i := strings.Index(message, ": "); i >= 0 {
			message = message[i+2:]
		}
	}
	message, _, _ = strings.Cut(message, "\n")
	if strings.Contains(message, "cannot start any token") {
		message = "a tab stands where only spaces may"
	}
	e.Err = message
}

func (e *Environment) top(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return
	}
	if node.Kind != yaml.MappingNode {
		e.Err, e.Line = "at its top stands no mapping with the key dependencies", node.Line
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
		case "channels":
			for _, c := range value.Content {
				e.Channels = append(e.Channels, c.Value)
			}
		}
	}
}

func (e *Environment) dependencies(key, value *yaml.Node) {
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
	e := ReadEnvironment(p.files, p.plan.Config)
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
