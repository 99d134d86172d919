package recipe

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/internal/inspect"
)

// fate says what becomes of a script when one of its commands fails.
type fate uint8

const (
	fateCaught fate = iota // the script looks at the failure: "a || b", "if a"
	fateUnseen             // the script goes on as if nothing had happened
	fateFatal              // the script fails
)

// script is postBuild or start.
type script struct {
	path string
	text string
	// shell says that a shell runs it.
	shell    bool
	commands []inspect.Command
	err      error
	// strict says that somewhere in it a failing command ends it.
	strict bool
	// unseen is the line of the first command whose failure passes unseen.
	unseen int
	fates  map[word]fate
	// last is the last statement.
	last *syntax.Stmt
}

// word is the first word of a command, and where it stands.
type word struct {
	line int
	text string
}

// fate returns the fate of a command.
func (s *script) fate(cmd inspect.Command) fate {
	if len(cmd.Args) == 0 {
		return fateCaught
	}
	return s.fates[word{cmd.Line, cmd.Args[0]}]
}

// readScript reads the script of a name, or returns nil if the build uses none.
func (c *checker) readScript(name string) *script {
	p := c.plan.Path(name)
	data, ok := c.facts.Snapshot.Read(p)
	if !ok || c.docker() {
		return nil
	}
	s := &script{path: p, text: string(data), fates: map[word]fate{}}
	first, _, _ := strings.Cut(s.text, "\n")
	s.shell = !strings.HasPrefix(first, "#!") || strings.Contains(first, "sh")
	if !s.shell {
		return s
	}
	s.commands, s.err = c.facts.Script(p)
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(strings.ReplaceAll(strings.TrimPrefix(s.text, "\ufeff"), "\r\n", "\n")), p)
	if err != nil || len(s.text) > 64<<10 {
		s.err = err
		return s
	}
	if _, options, ok := strings.Cut(first, "sh -"); ok {
		options, _, _ = strings.Cut(options, " ")
		s.strict = strings.Contains(options, "e")
	}
	s.statements(file.Stmts, true)
	if n := len(file.Stmts); n > 0 {
		s.last = file.Stmts[n-1]
	}
	return s
}

// statements follows a list. Last says that its last statement's result is the
// script's.
func (s *script) statements(list []*syntax.Stmt, last bool) {
	for i, st := range list {
		s.statement(st, last && i == len(list)-1, false)
	}
}

// statement follows one statement.
func (s *script) statement(st *syntax.Stmt, last, caught bool) {
	if st == nil {
		return
	}
	caught = caught || st.Negated || st.Background
	switch cmd := st.Cmd.(type) {
	case *syntax.CallExpr:
		s.command(cmd, last, caught)
	case *syntax.BinaryCmd:
		switch cmd.Op {
		case syntax.OrStmt:
			s.statement(cmd.X, false, true)
			s.statement(cmd.Y, last, caught)
		case syntax.AndStmt: // what fails on the left is the list's result, which alone ends no script
			s.statement(cmd.X, last, caught || s.strict && !last)
			s.statement(cmd.Y, last, caught)
		default:
			s.statement(cmd.X, false, caught)
			s.statement(cmd.Y, last, caught)
		}
	case *syntax.Block:
		s.statements(cmd.Stmts, last)
	case *syntax.Subshell:
		s.statements(cmd.Stmts, last)
	case *syntax.IfClause:
		for c := cmd; c != nil; c = c.Else {
			for _, cond := range c.Cond {
				s.statement(cond, false, true)
			}
			s.statements(c.Then, last)
		}
	case *syntax.ForClause:
		s.statements(cmd.Do, last)
	case *syntax.WhileClause:
		s.statements(cmd.Do, last)
	case *syntax.TimeClause:
		s.statement(cmd.Stmt, last, caught)
	}
}

// harmless are commands that do not fail, or whose failure nobody minds.
var harmless = set("echo printf set export true : unset shopt trap exit return wait sleep ls cat pwd which date")

// command notes the fate of the command on a line.
func (s *script) command(cmd *syntax.CallExpr, last, caught bool) {
	if len(cmd.Args) == 0 {
		return
	}
	line, name := int(cmd.Pos().Line()), cmd.Args[0].Lit()
	if name == "set" {
		for _, arg := range cmd.Args[1:] {
			text := arg.Lit()
			s.strict = s.strict || text == "errexit" || strings.HasPrefix(text, "-") && !strings.HasPrefix(text, "--") && strings.Contains(text, "e")
		}
	}
	result := fateUnseen
	switch {
	case caught:
		result = fateCaught
	case s.strict || last:
		result = fateFatal
	}
	if at := (word{line, name}); result > s.fates[at] {
		s.fates[at] = result
	}
	if result == fateUnseen && s.unseen == 0 && !harmless[name] {
		s.unseen = line
	}
}
