package binder

import (
	"errors"

	"github.com/bokehbinder/bokehbinder/internal/base/tables"
)

// project is what the root says of a Python package.
type project struct {
	// setup says that there is a setup.py, found that there is a pyproject.toml,
	// and unread that what that says cannot be known.
	setup, found, unread bool
	// complete says that pyproject.toml has what makes it installable.
	complete bool
	// requires is its requires-python, and line where that stands.
	requires string
	line     int
	// fault says that pyproject.toml is not TOML, and form that it is, but not
	// of a project.
	fault, form *Fault
}

// installed says whether the root is a Python package that is installed, as far
// as that is known.
func (p project) installed() bool { return p.setup || p.complete || p.unread }

// readProject reads setup.py's name and pyproject.toml.
func readProject(f Files) project {
	p := project{setup: f.Exists("setup.py")}
	content, ok := f.Read("pyproject.toml")
	if !ok {
		p.unread = f.Exists("pyproject.toml") && !f.IsDir("pyproject.toml")
		return p
	}
	p.found = true
	broken := &Fault{FaultPyproject, "pyproject.toml", 0, "pyproject.toml is not TOML"}
	var file map[string]any
	var limit *tables.LimitError
	switch err := tables.Decode(content, &file); {
	case errors.As(err, &limit):
		p.unread = true
		return p
	case err != nil:
		p.fault = broken
		return p
	}
	p.complete = file["project"] != nil && file["build-system"] != nil
	p.line = lineWith(content, "requires-python")
	switch table := file["project"].(type) {
	case nil:
	case map[string]any:
		if value, ok := table["requires-python"]; ok {
			if p.requires, ok = value.(string); !ok {
				p.form = broken
			}
		}
	default:
		p.form = broken
	}
	return p
}
