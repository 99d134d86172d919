// Package jupyter tells what Jupyter's server reads as its configuration once a
// BinderHub has built a repository: which files lie where it looks, in which
// order it takes them, and what they say together.
//
// [Read] runs nothing. It follows what the build's scripts do to files (a
// [Step] each), takes Python files as package python understands them and JSON
// files as they are, and merges both as traitlets and jupyter_server do. What
// cannot be told from the repository alone stays unknown: see [Answer].
package jupyter

import (
	"iter"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Answer is what is known about a question.
type Answer uint8

// The answers. The zero Answer is that it cannot be known.
const (
	Unknown Answer = iota
	No
	Yes
)

// Files is a repository as far as this package asks for it.
type Files interface {
	// Below lists the files in a folder and in its folders, all for "", in the order of
	// their paths.
	Below(dir string) iter.Seq[string]
	// Known lists those whose content is known, in the same order.
	Known() iter.Seq[string]
	// Read returns a file's content, if that is known.
	Read(p string) ([]byte, bool)
	// IsDir and IsFile say what is at a path.
	IsDir(p string) bool
	IsFile(p string) bool
}

// Step is one command of the scripts that run before the server starts. What is
// not known of its words stands in braces, as in "{NB_PYTHON_PREFIX}/etc".
type Step struct {
	// Args are the program and its arguments, without what only wraps them.
	Args []string
	// Dir is the working directory, seen from the repository's root.
	Dir string
	At  position.Position
	// Here is the text that the command is given by a here-document, and HereAt
	// where that begins.
	Here   string
	HereAt position.Position
	// Output is the file that what the command prints goes to, and Append says
	// that it is added to it.
	Output string
	Append bool
	// Maybe says that it is not known whether the command is run.
	Maybe bool
}

// Input is what [Read] goes by.
type Input struct {
	Files Files
	// Steps are what postBuild does, and then start.
	Steps []Step
	// Murky are the places of scripts of which it is not known what they do.
	Murky []position.Position
	// Env has the variables that the server is known to be started with.
	Env map[string]string
	// Module parses a Python file of the repository; nil to have that done here.
	Module func(p string) *python.Module
	// Budget is what other Python may cost; nil for one of its own.
	Budget *python.Budget
	// Notebook says whether Notebook 7 is installed, which makes the server of
	// JupyterLab read jupyter_notebook_config, too.
	Notebook Answer
	// Package says whether the Python package is installed that a file such as
	// setup.py makes of its folder, with the name that the file gives it; nil where
	// that is not known.
	Package func(file, name string) Answer
}
