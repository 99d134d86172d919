package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

var scriptRules = []*Rule{
	scriptCrlf, scriptMark, scriptBroken, postbuildUnchecked, copyMissing, functionMissing, startNoInterpreter, startNoExec, startBlocks,
}

// scripts lists postBuild and start, as far as they are there.
func (c *checker) scripts() []*shell.Script {
	var out []*shell.Script
	for _, s := range []*shell.Script{c.facts.PostBuild, c.facts.Start} {
		if s != nil {
			out = append(out, s)
		}
	}
	return out
}

// readable says whether a script is one that the shell can read.
func readable(s *shell.Script) bool { return s != nil && s.Shell && s.Err == nil }

var scriptCrlf = &Rule{
	ID:       "script-crlf",
	Level:    card.LevelError,
	Title:    "A script with Windows line ends",
	When:     "postBuild or start begins with #! and its lines end in CRLF.",
	Why:      "The interpreter's name ends in an invisible character, so the script is not found: exit 127. postBuild fails the build, start the launch.",
	Evidence: "repo2docker 2026.4's way of running it, measured: exit 127 with #!, whatever the file's mode.",
	Fix:      "write the file with LF line ends, and put \"postBuild text eol=lf\" into .gitattributes",
	Check:    checkScriptCRLF,
}

func checkScriptCRLF(c *checker) {
	for _, s := range c.scripts() {
		if s.Returns {
			first := strings.TrimPrefix(repository.LineAt(s.Text, 1), "\ufeff")
			f := c.report(s.Path, 1, "the lines end in CRLF, so %s is not found: exit 127", quote(strings.Trim(first, "#!\r ")+`\r`))
			f.Changes = []Change{{Path: s.Path, Unix: true}}
		}
	}
}

var scriptMark = &Rule{
	ID:       "script-mark",
	Level:    card.LevelWarning,
	Title:    "A script with a byte-order mark",
	When:     "postBuild begins with the three bytes of a byte-order mark.",
	Why:      "The #! is not seen: sh runs the script, prints an error for its first line and goes on. What bash alone knows, such as set -o pipefail, is an error there.",
	Evidence: "Measured with repo2docker 2026.4's base image, and with dash: exit 0, and exit 2 with set -o pipefail.",
	Fix:      "save the file as UTF-8 without a mark",
	Check:    checkScriptMark,
}

func checkScriptMark(c *checker) {
	if s := c.facts.PostBuild; s != nil && s.Mark {
		f := c.report(s.Path, 1, "this file begins with a byte-order mark, so its first line, the #!, has no effect")
		f.Changes = onLine(s.Path, 1, strings.TrimPrefix(repository.LineAt(s.Text, 1), "\ufeff"))
	}
}

var scriptBroken = &Rule{
	ID:       "script-broken",
	Level:    card.LevelError,
	Title:    "A script that the shell cannot read",
	When:     "postBuild or start is a shell script with a syntax error.",
	Why:      "The shell stops there with exit 2: the build fails, or the server does not start.",
	Evidence: "POSIX shell: a syntax error ends a non-interactive shell.",
	Fix:      "mend the line",
	Check:    checkScriptBroken,
}

func checkScriptBroken(c *checker) {
	for _, s := range c.scripts() {
		if s.Err == nil || s.Err.Limit {
			continue
		}
		c.reportAt(position.Position{File: s.Path, Line: s.Err.Line, Column: s.Err.Column}, "the shell cannot read it: %s", s.Err.Text)
	}
}

var postbuildUnchecked = &Rule{
	ID:       "postbuild-unchecked",
	Level:    card.LevelWarning,
	Title:    "A postBuild whose failures pass unseen",
	When:     "A command of postBuild may fail without ending the script: there is no set -e before it, and it is not the last. Nothing is said where no build pack is chosen, since nothing is built.",
	Why:      "Only the last command's exit code is the build's. An image is built in which something is missing.",
	Evidence: "Measured with repo2docker 2026.4: the script's exit code is the build's.",
	Fix:      "write set -euo pipefail below #!/bin/bash",
	Check:    checkPostBuildUnchecked,
}

func checkPostBuildUnchecked(c *checker) {
	s := c.facts.PostBuild
	if !readable(s) || c.facts.Plan.Pack == "" { // which builds nothing
		return
	}
	for i := range s.Commands {
		cmd := &s.Commands[i]
		if cmd.File != s.Path || cmd.Inner || slices.Contains(harmless, cmd.Program()) || s.Failure(cmd) != shell.Unseen {
			continue
		}
		f := c.reportAt(cmd.Place, "if this line fails, the build goes on as if it had not")
		f.Changes = strictChange(s)
		return
	}
}

// harmless are commands that do not fail, or whose failure nobody minds.
var harmless = []string{"echo", "printf", "set", "export", "true", ":", "unset", "shopt", "trap", "exit", "return", "wait", "sleep", "ls", "cat", "pwd", "which", "date"}

// strictChange makes a script end where a command fails.
func strictChange(s *shell.Script) []Change {
	first := repository.LineAt(s.Text, 1)
	switch {
	case strings.HasPrefix(first, "#!") && strings.Contains(first, "bash"):
		return []Change{{Path: s.Path, Line: 2, Delete: 0, Insert: []string{"set -euo pipefail"}}}
	case strings.HasPrefix(first, "#!"):
		return []Change{{Path: s.Path, Line: 2, Delete: 0, Insert: []string{"set -eu"}}}
	}
	return []Change{{Path: s.Path, Line: 1, Delete: 0, Insert: []string{"#!/bin/bash", "set -euo pipefail"}}}
}

var copyMissing = &Rule{
	ID:       "copy-missing",
	Level:    card.LevelError,
	Title:    "A file is copied from where it is not",
	When:     "postBuild moves, copies or links a file from a path that the repository does not have, though it has a file of that name elsewhere or no folder of that name, or COPY of the Dockerfile names a path that the repository does not have.",
	Why:      "The command fails. As the last one, or after set -e, it fails the build; else the file is silently not there.",
	Evidence: "POSIX cp and mv: exit 1; repo2docker 2026.4 runs postBuild in the repository's root, from which COPY counts as well, as Docker's reference says.",
	Fix:      "write the path as seen from the repository's root",
	Check:    checkCopyMissing,
}

func checkCopyMissing(c *checker) {
	c.imageCopies()
	s := c.facts.PostBuild
	if !readable(s) {
		return
	}
	made := map[string]bool{}
	for i := range s.Commands {
		c.copies(&s.Commands[i], made)
	}
}

// imageCopies reports what the Dockerfile takes from the repository and is not
// there.
func (c *checker) imageCopies() {
	if c.facts.Image == nil {
		return
	}
	for _, copied := range c.facts.Image.Copies {
		for _, source := range copied.Sources {
			p := path.Clean(strings.TrimLeft(source, "/"))
			if p != "." && !strings.ContainsAny(p, `*?[\`) && !strings.HasPrefix(p, "..") && !c.facts.Snapshot.Exists(p) && !c.facts.Snapshot.InSubmodule(p) {
				c.reportAt(copied.Place, "the repository has no %s%s; the build fails", p, c.elsewhere(p))
			}
		}
	}
}

// copies reports sources of a copy that are not there. Made has the names that
// commands before it may have made.
func (c *checker) copies(cmd *shell.Command, made map[string]bool) {
	args := shell.Strings(cmd.Run())
	if len(args) == 0 {
		return
	}
	var files []string
	for _, a := range args[1:] {
		if !strings.HasPrefix(a, "-") {
			files = append(files, a)
		}
	}
	program := path.Base(args[0])
	copying := program == "cp" || program == "mv" || program == "install" || program == "rsync"
	if copying && len(files) > 1 {
		for _, f := range files[:len(files)-1] {
			if p := shell.RepoPath(cmd.Dir, f); !made[path.Base(p)] && c.notThere(p) {
				found := c.reportAt(cmd.Place, "the repository has no %s%s", p, c.elsewhere(p))
				if other := c.sameName(p); other != "" && !slices.Contains(args, other) {
					found.Changes = c.once(cmd.File, cmd.Line, f, other)
				}
			}
		}
	}
	if file, ok := cmd.Output(); ok {
		files = append(files, file.String())
	}
	for _, f := range files {
		made[path.Base(f)] = true
	}
}

// notThere says whether a path that is known is surely not in the repository:
// it has a file of that name elsewhere, or the path is below a config folder.
func (c *checker) notThere(p string) bool {
	if strings.Contains(p, "{") || strings.HasPrefix(p, "..") || p == "" || c.facts.Snapshot.InSubmodule(p) {
		return false
	}
	if strings.ContainsAny(p, "*?[") {
		pattern, err := glob.Compile(p)
		if err != nil {
			return false
		}
		for _, f := range c.facts.Snapshot.Files() {
			if c.facts.Snapshot.Matches(pattern, f.Path) != truth.No || strings.Contains(f.Path, "/") && c.facts.Snapshot.Matches(pattern, path.Dir(f.Path)) != truth.No {
				return false
			}
		}
		return inConfigDir(p)
	}
	return !c.facts.Snapshot.Exists(p) && (inConfigDir(p) || c.sameName(p) != "")
}

func inConfigDir(p string) bool {
	return strings.HasPrefix(p, "binder/") || strings.HasPrefix(p, ".binder/")
}

// sameName returns the one file of the repository with a path's last element.
func (c *checker) sameName(p string) string {
	found := ""
	for f := range c.facts.Snapshot.Named(path.Base(p)) {
		if found != "" {
			return ""
		}
		found = f.Path
	}
	return found
}

func (c *checker) elsewhere(p string) string {
	if other := c.sameName(p); other != "" {
		return ", but " + repository.DisplayPath(other)
	}
	return ""
}

var startNoInterpreter = &Rule{
	ID:       "start-no-interpreter",
	Level:    card.LevelError,
	Title:    "A start that does not say what runs it",
	When:     "The script start does not begin with #!: its first line is empty or a command, or a byte-order mark stands before it.",
	Why:      "repo2docker starts the file itself, and not by a shell as it does postBuild: \"Exec format error\", and the launch fails.",
	Evidence: "repo2docker 2026.4: its entry point starts it by Python's subprocess, measured with Python 3.11.",
	Fix:      "write #!/bin/bash as the first line",
	Check:    checkStartNoInterpreter,
}

func checkStartNoInterpreter(c *checker) {
	s := c.facts.Start
	if s == nil || strings.HasPrefix(s.Text, "#!") {
		return
	}
	f := c.report(s.Path, 0, "the first line does not begin with #!, so the system does not run the script: the launch fails")
	change := Change{Path: s.Path, Line: 1, Insert: []string{"#!/bin/bash"}}
	if text := strings.TrimLeft(s.Text, "\ufeff \t\r\n"); strings.HasPrefix(text, "#!") {
		before := s.Text[:len(s.Text)-len(text)]
		change.Delete, change.Insert = strings.Count(before, "\n")+1, []string{repository.LineAt(text, 1)}
	}
	f.Changes = []Change{change}
}

var startNoExec = &Rule{
	ID:       "start-no-exec",
	Level:    card.LevelError,
	Title:    "A start that does not start the server",
	When:     "The script start never runs \"$@\".",
	Why:      "repo2docker gives the Jupyter server's command to start as its arguments. If start ends without running it, there is no server, and the launch fails.",
	Evidence: "repo2docker 2026.4: start is the image's entry point.",
	Fix:      "end the script with exec \"$@\"",
	Check:    checkStartNoExec,
}

func checkStartNoExec(c *checker) {
	s := c.facts.Start
	if !readable(s) || s.Cut || slices.ContainsFunc(s.Commands, handsOver) {
		return
	}
	lines := strings.Count(strings.TrimRight(s.Text, "\n"), "\n") + 1
	f := c.report(s.Path, lines, `nothing runs "$@", which is Jupyter's server: the launch fails`)
	f.Changes = []Change{{Path: s.Path, Line: lines + 1, Delete: 0, Insert: []string{`exec "$@"`}}}
	if strings.TrimSpace(s.Text) == "" {
		f.Changes = []Change{{Path: s.Path, Line: 1, Delete: 0, Insert: []string{"#!/bin/bash", `exec "$@"`}}}
	}
	for i := range s.Commands {
		cmd := &s.Commands[i]
		name := cmd.Program()
		jupyter := name == "jupyter" || strings.HasPrefix(name, "jupyter-")
		exec := cmd.Args[0].Is("exec") && cmd.Runs == shell.Surely
		switch {
		case cmd.File != s.Path || cmd.Background || !jupyter && !exec:
		case !jupyter || !cmd.Span.Alone:
			f.Changes = nil // what follows is not run, and what it runs may be meant
		default:
			f.Changes = []Change{{Path: s.Path, Line: cmd.Span.First, Delete: cmd.Span.Last - cmd.Span.First + 1, Insert: []string{`exec "$@"`}}}
		}
	}
}

var startBlocks = &Rule{
	ID:       "start-blocks",
	Level:    card.LevelError,
	Title:    "A start that waits for an app's server",
	When:     "start runs an app's server, or a Jupyter server of its own, in the foreground before exec \"$@\".",
	Why:      "The server does not end, so the Jupyter server that the hub asks for is never started and the launch fails.",
	Evidence: "Shells wait for a command without &.",
	Fix:      "write & at the end of the command",
	Check:    checkStartBlocks,
}

func checkStartBlocks(c *checker) {
	s := c.facts.Start
	if !readable(s) {
		return
	}
	c.ownJupyter(s)
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		if start.Kind != repository.StartScript || start.Call == nil || start.Call.Leaves() {
			continue
		}
		for _, cmd := range s.Commands {
			if cmd.File == start.Path && cmd.Line == start.Line && cmd.Runs == shell.Surely && !cmd.Background && framework.Parse(shell.UnwrapTexts(shell.Strings(cmd.Args))) != nil {
				f := c.reportAt(cmd.Place, "%s does not end, so Jupyter is never started", start.Call)
				if line := repository.LineAt(c.facts.Text(cmd.File), cmd.Line); !strings.HasSuffix(line, `\`) {
					f.Changes = onLine(cmd.File, cmd.Line, strings.TrimRight(line, " ")+" &")
				}
			}
		}
	}
}

// jupyterServers are the commands that start a Jupyter server, and jupyterEnding what
// they do and end.
var (
	jupyterServers = []string{"lab", "notebook", "server"}
	jupyterEnding  = strings.Fields("build clean path paths workspaces workspace licenses list stop password extension --version --help -h --generate-config --show-config")
)

// jupyterVerb is the command of Jupyter's that arguments run, as "lab" of jupyter lab and
// of jupyter-lab, "" where they run none.
func jupyterVerb(args []string) string {
	program := path.Base(args[0])
	if program == "jupyter" && len(args) > 1 {
		return args[1]
	}
	verb, joined := strings.CutPrefix(program, "jupyter-")
	if !joined {
		return ""
	}
	return verb
}

// ownJupyter reports a Jupyter server that a script waits for before it starts the
// one that the hub asks for. One that is told of the hub may be meant for it.
func (c *checker) ownJupyter(s *shell.Script) {
	for i := range s.Commands {
		cmd := &s.Commands[i]
		args := shell.Strings(cmd.Run())
		if len(args) == 0 || cmd.Runs != shell.Surely || cmd.Background || handsOver(*cmd) {
			continue
		}
		verb := jupyterVerb(args)
		ends := slices.ContainsFunc(args, func(a string) bool { return slices.Contains(jupyterEnding, a) || strings.Contains(a, "JUPYTERHUB") })
		if !slices.Contains(jupyterServers, verb) || ends || !slices.ContainsFunc(s.Commands[i+1:], handsOver) {
			continue
		}
		f := c.reportAt(cmd.Place, "jupyter %s does not end, so the server that the hub asks for is never started", verb)
		f.Fix = "delete the line: exec \"$@\" starts Jupyter"
		if cmd.File == s.Path && cmd.Span.Alone {
			f.Changes = []Change{{Path: s.Path, Line: cmd.Span.First, Delete: cmd.Span.Last - cmd.Span.First + 1}}
		}
	}
}

// handsOver says whether a command is given the script's arguments.
func handsOver(cmd shell.Command) bool {
	return slices.ContainsFunc(cmd.Args, func(w shell.Word) bool { return w.Names("@") || w.Names("*") || w.Names("1") })
}
