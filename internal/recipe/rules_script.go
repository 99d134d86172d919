package recipe

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/glob"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
)

var scriptRules = []Rule{
	{"script-crlf", card.LevelError, "A script with Windows line ends",
		"postBuild or start begins with #! and its lines end in CRLF.",
		"The interpreter's name ends in an invisible character, so the script is not found: exit 127. postBuild fails the build, start the launch.",
		"repo2docker 2026.4's way of running it, measured: exit 127 with #!, whatever the file's mode.", "write the file with LF line ends, and put \"postBuild text eol=lf\" into .gitattributes"},
	{"script-mark", card.LevelWarning, "A script with a byte-order mark",
		"postBuild or start begins with the three bytes of a byte-order mark.",
		"The #! is not seen: sh runs the script, prints an error for its first line and goes on. What bash alone knows, such as set -o pipefail, is an error there.",
		"Measured with repo2docker 2026.4's base image, and with dash: exit 0, and exit 2 with set -o pipefail.", "save the file as UTF-8 without a mark"},
	{"script-broken", card.LevelError, "A script that the shell cannot read",
		"postBuild or start is a shell script with a syntax error.",
		"The shell stops there with exit 2: the build fails, or the server does not start.",
		"POSIX shell: a syntax error ends a non-interactive shell.", "mend the line"},
	{"postbuild-unchecked", card.LevelWarning, "A postBuild whose failures pass unseen",
		"A command of postBuild may fail without ending the script: there is no set -e before it, and it is not the last.",
		"Only the last command's exit code is the build's. An image is built in which something is missing.",
		"Measured with repo2docker 2026.4: the script's exit code is the build's.", "write set -euo pipefail below #!/bin/bash"},
	{"copy-missing", card.LevelError, "A file is copied from where it is not",
		"postBuild moves, copies or links a file from a path that the repository does not have, though it has a file of that name elsewhere or no folder of that name.",
		"The command fails. As the last one, or after set -e, it fails the build; else the file is silently not there.",
		"POSIX cp and mv: exit 1; repo2docker 2026.4 runs postBuild in the repository's root.", "write the path as seen from the repository's root"},
	{"start-no-exec", card.LevelError, "A start that does not start the server",
		"The script start never runs \"$@\".",
		"repo2docker gives the Jupyter server's command to start as its arguments. If start ends without running it, there is no server, and the launch fails.",
		"repo2docker 2026.4: start is the image's entry point.", "end the script with exec \"$@\""},
	{"start-blocks", card.LevelError, "A start that waits for an app's server",
		"start runs a server in the foreground before exec \"$@\".",
		"The server does not end, so Jupyter is never started and the launch fails.",
		"Shells wait for a command without &.", "write & at the end of the command"},
}

// scripts reports what is wrong with postBuild and start.
func (c *checker) scripts() {
	for _, s := range []*script{c.postBuild, c.start} {
		if s == nil {
			continue
		}
		text := strings.TrimPrefix(s.text, "\ufeff")
		if text != s.text {
			f := c.find("script-mark", s.path, 1, "it begins with a byte-order mark: the first line is not run as it is meant")
			f.Changes = []Change{{Path: s.path, Line: 1, Delete: 1, Insert: []string{strings.TrimPrefix(lineAt(s.text, 1), "\ufeff")}}}
		}
		if first, _, _ := strings.Cut(s.text, "\n"); strings.HasPrefix(first, "#!") && strings.HasSuffix(first, "\r") {
			f := c.find("script-crlf", s.path, 1, "its lines end in CRLF, so %s is not found: exit 127", quote(strings.Trim(first, "#!\r ")+`\r`))
			f.Changes = []Change{{Path: s.path, Unix: true}}
		}
		if s.err != nil {
			line, message := 0, s.err.Error()
			if e, ok := s.err.(syntax.ParseError); ok {
				line, message = int(e.Pos.Line()), e.Text
			}
			c.find("script-broken", s.path, line, "the shell cannot read it: %s", message)
		}
	}
	c.postBuildRules()
	c.startRules()
}

func (c *checker) postBuildRules() {
	s := c.postBuild
	if s == nil || !s.shell || s.err != nil {
		return
	}
	if s.unseen > 0 {
		f := c.find("postbuild-unchecked", s.path, s.unseen, "if this line fails, the build goes on as if it had not")
		f.Changes = strictChange(s)
	}
	made := map[string]bool{}
	for _, cmd := range s.commands {
		c.copies(s, cmd, made)
	}
}

// strictChange makes a script end where a command fails.
func strictChange(s *script) []Change {
	first := lineAt(s.text, 1)
	switch {
	case strings.HasPrefix(first, "#!") && strings.Contains(first, "bash"):
		return []Change{{Path: s.path, Line: 2, Delete: 0, Insert: []string{"set -euo pipefail"}}}
	case strings.HasPrefix(first, "#!"):
		return []Change{{Path: s.path, Line: 2, Delete: 0, Insert: []string{"set -eu"}}}
	}
	return []Change{{Path: s.path, Line: 1, Delete: 0, Insert: []string{"#!/bin/bash", "set -euo pipefail"}}}
}

// copies reports sources of a copy that are not there. Made has the names that
// commands before it may have made.
func (c *checker) copies(s *script, cmd inspect.Command, made map[string]bool) {
	args := inspect.Unwrap(cmd.Args)
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
			if p := inspect.RepoPath(cmd.Dir, f); !made[path.Base(p)] && c.notThere(p) {
				found := c.find("copy-missing", s.path, cmd.Line, "the repository has no %s%s", p, c.elsewhere(p))
				if other := c.sameName(p); other != "" && !slices.Contains(args, other) {
					line := lineAt(s.text, cmd.Line)
					if strings.Contains(line, f) {
						found.Changes = []Change{{Path: s.path, Line: cmd.Line, Delete: 1, Insert: []string{strings.Replace(line, f, other, 1)}}}
					}
				}
			}
		}
	}
	for _, f := range append(files, cmd.Output) {
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
			if pattern.Match(f.Path) || strings.Contains(f.Path, "/") && pattern.Match(path.Dir(f.Path)) {
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
	for _, f := range c.facts.Snapshot.Files() {
		if path.Base(f.Path) == path.Base(p) {
			if found != "" {
				return ""
			}
			found = f.Path
		}
	}
	return found
}

func (c *checker) elsewhere(p string) string {
	if other := c.sameName(p); other != "" {
		return ", but " + inspect.DisplayPath(other)
	}
	return ""
}

// startRules reports a start script that does not hand over.
func (c *checker) startRules() {
	s := c.start
	if s == nil || !s.shell || s.err != nil {
		return
	}
	if !handsOver(s.text) {
		lines := strings.Count(strings.TrimRight(s.text, "\n"), "\n") + 1
		f := c.find("start-no-exec", s.path, lines, `nothing runs "$@", which is Jupyter's server: the launch fails`)
		f.Changes = []Change{{Path: s.path, Line: lines + 1, Delete: 0, Insert: []string{`exec "$@"`}}}
		if strings.TrimSpace(s.text) == "" {
			f.Changes = []Change{{Path: s.path, Line: 1, Delete: 0, Insert: []string{"#!/bin/bash", `exec "$@"`}}}
		}
	}
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		if start.Path != s.path || start.Serve == nil {
			continue
		}
		for _, cmd := range s.commands {
			if cmd.Line == start.Line && !cmd.Background && !c.backgroundAt(s, cmd.Line) && slices.Contains(cmd.Args, "serve") {
				f := c.find("start-blocks", s.path, cmd.Line, "%s serve does not end, so Jupyter is never started", start.Serve.Program)
				if line := lineAt(s.text, cmd.Line); !strings.HasSuffix(line, `\`) {
					f.Changes = []Change{{Path: s.path, Line: cmd.Line, Delete: 1, Insert: []string{strings.TrimRight(line, " ") + " &"}}}
				}
			}
		}
	}
}

// backgroundAt says whether the command on a line stands in a block or
// subshell that the script does not wait for.
func (c *checker) backgroundAt(s *script, line int) bool {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(s.text), s.path)
	if err != nil {
		return true
	}
	background := false
	syntax.Walk(file, func(n syntax.Node) bool {
		if st, ok := n.(*syntax.Stmt); ok && (st.Background || st.Coprocess) && int(st.Pos().Line()) <= line && line <= int(st.End().Line()) {
			background = true
		}
		return true
	})
	return background
}

// handsOver says whether a script runs its arguments.
func handsOver(text string) bool {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(strings.ReplaceAll(text, "\r\n", "\n")), "")
	if err != nil {
		return true
	}
	runs := false
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		for _, word := range call.Args {
			syntax.Walk(word, func(n syntax.Node) bool {
				if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil && (p.Param.Value == "@" || p.Param.Value == "*" || p.Param.Value == "1") {
					runs = true
				}
				return true
			})
		}
		return true
	})
	return runs
}
