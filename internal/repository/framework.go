package repository

import (
	"path"
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// frameworkOf tells the framework of a command, or nil: by its program, or by
// what the Python file imports that it runs.
func (f *Facts) frameworkOf(start *Start) *framework.Framework {
	if start.Serve != nil {
		return start.Serve.Framework
	}
	args := shell.UnwrapTexts(start.Args)
	if len(args) == 0 {
		return nil
	}
	if fw := framework.OfProgram(args[0]); fw != nil && !fw.Server {
		return fw
	}
	if start.File != "" {
		return start.InR
	}
	for _, arg := range args[1:] {
		if p := shell.RepoPath(start.Dir, arg); path.Ext(p) == ".py" {
			if fw := FrameworkOf(f.Module(p)); fw != nil && fw.Command.Program == "" {
				return fw
			}
		}
	}
	return nil
}

// modules lists the names of those that a source imports.
func modules(m *python.Module) []string {
	var out []string
	for _, i := range Imports(m) {
		out = append(out, i.Name)
	}
	return out
}

// FrameworkOf tells by its imports which framework a Python source is written
// for, or nil.
func FrameworkOf(m *python.Module) *framework.Framework {
	return framework.OfModules(modules(m))
}

// FrameworkOfNotebook tells what a notebook is taken to be written for, by its
// name and its code. Without a module, that is not known.
func FrameworkOfNotebook(name string, m *python.Module) *framework.Framework {
	return framework.OfNotebook(name, m != nil, func(fw *framework.Framework) bool {
		return slices.Contains(modules(m), fw.Module) || fw.Mark != "" && uses(m, fw.Mark)
	})
}
