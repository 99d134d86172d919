package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// installs lists the commands of postBuild for the reader of what is installed.
func (f *Facts) installs() []installed.Command {
	script := f.PostBuild
	if script == nil {
		return nil
	}
	var out []installed.Command
	for i := range script.Commands {
		if c := &script.Commands[i]; !c.Followed && len(c.Run()) > 0 {
			out = append(out, installing(script, c))
		}
	}
	if !script.Shell || script.Err != nil || script.Cut {
		out = append(out, installed.Command{At: position.Position{File: script.Path}, Args: []string{"{?}"}})
	}
	return out
}

// makeNone are programs that make no files in the repository, with the commands
// that make none where others do.
var makeNone = map[string][]string{
	"set": nil, "cd": nil, "export": nil, "echo": nil, "printf": nil, "true": nil, ":": nil, "test": nil, "[": nil, "chmod": nil, "chown": nil,
	"cat": nil, "grep": nil, "ls": nil, "pwd": nil, "which": nil, "rm": nil, "apt-get": nil, "apt": nil, "mkdir": nil,
	"pip": {"install", "uninstall", "list"}, "pip3": {"install", "uninstall", "list"},
	"conda": {"install", "update", "config", "clean", "remove"}, "mamba": {"install", "update", "config", "clean", "remove"},
	"jupyter": {"labextension", "nbextension", "serverextension", "server", "kernelspec", "contrib"},
}

// MakesFiles says whether a command may make files in the repository.
func MakesFiles(c *shell.Command) bool {
	args := shell.Strings(shell.Unwrap(c.Args))
	if _, writes := c.Output(); writes || len(args) == 0 {
		return true
	}
	verbs, none := makeNone[path.Base(args[0])]
	return !none || verbs != nil && (len(args) < 2 || !slices.Contains(verbs, args[1]))
}

// kernelPrefix is the variable that says where the kernel's Python is.
const kernelPrefix = "KERNEL_PYTHON_PREFIX"

// installing is a command of a script as the reader of what is installed takes
// it.
func installing(script *shell.Script, c *shell.Command) installed.Command {
	args := shell.Strings(c.Run())
	named := func(w shell.Word) bool { return w.Names(kernelPrefix) }
	if program := args[0]; !strings.Contains(program, "/") && slices.ContainsFunc(c.Args, named) {
		args[0] = "{" + kernelPrefix + "}/bin/" + program
	}
	out := installed.Command{
		At: c.Place, Args: args, Dir: c.Dir, Keeps: !MakesFiles(c), Runs: truth.Of(c.Runs == shell.Surely),
	}
	if c.Runs == shell.Perhaps {
		out.Runs = truth.Unknown
	}
	out.Fails = failing(script, c)
	return out
}

// Takes says whether something of the build takes a file that repo2docker itself does
// not: a command that names it, or a list that includes it.
func (f *Facts) Takes(p string) bool {
	for _, s := range []*shell.Script{f.PostBuild, f.Start} {
		for i := 0; s != nil && i < len(s.Commands); i++ {
			c := &s.Commands[i]
			names := func(arg string) bool { return path.Clean(shell.RepoPath(c.Dir, arg)) == p }
			if slices.ContainsFunc(shell.Strings(c.Args), names) {
				return true
			}
		}
	}
	return f.Installed.Reads(p)
}
