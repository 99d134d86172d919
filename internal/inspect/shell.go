package inspect

import (
	"fmt"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/internal/python"
)

// Limits on the scripts that are read.
const (
	maxScript     = 64 << 10
	maxScriptOpen = 4000   // brackets: how deep a script can nest
	maxSteps      = 20_000 // statements, each round of a loop counted
	maxCommands   = 2000
	maxVars       = 200
	maxWord       = 16 << 10
)

// Command is one command of a shell script, as far as the script alone says.
// What it does not say stands in braces by its name: "--port={PORT}".
type Command struct {
	Args []string
	// Env has the variables that the script sets for the command or before
	// it.
	Env map[string]string
	// Dir is the command's working directory, seen from the repository's
	// root; "" is the root.
	Dir  string
	Line int
	// Here is the text of a here-document, and HereLine the line on which it
	// begins.
	Here     string
	HereLine int
	// Output is the file that the command's output goes to.
	Output string
	// Background says that the script does not wait for it.
	Background bool
}

// ParseShell lists the commands of a shell script in their order, whatever
// conditions they stand under. Its error says where the script cannot be read;
// the commands before that place are listed all the same.
func ParseShell(source string) ([]Command, error) {
	if len(source) > maxScript {
		return nil, fmt.Errorf("the script has more than %d bytes", maxScript)
	}
	if strings.Count(source, "(")+strings.Count(source, "{")+strings.Count(source, "`") > maxScriptOpen {
		return nil, fmt.Errorf("the script nests too deep")
	}
	s := &shell{vars: map[string]string{"HOME": python.Home, "REPO_DIR": python.Home, "NB_USER": path.Base(python.Home)}}
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	source = strings.ToValidUTF8(strings.ReplaceAll(source, "\r\n", "\n"), "\ufffd")
	err := parser.Stmts(strings.NewReader(source), func(st *syntax.Stmt) bool {
		s.stmt(st)
		return true
	})
	return s.commands, err
}

// shell follows the commands of a script.
type shell struct {
	commands []Command
	vars     map[string]string
	dir      string
	steps    int
}

// stmts follows a list of statements.
func (s *shell) stmts(list []*syntax.Stmt) {
	for _, st := range list {
		s.stmt(st)
	}
}

// subshell follows statements whose variables and folder are their own.
func (s *shell) subshell(list []*syntax.Stmt) {
	vars, dir := s.vars, s.dir
	s.vars = map[string]string{}
	for k, v := range vars {
		s.vars[k] = v
	}
	s.stmts(list)
	s.vars, s.dir = vars, dir
}

// stmt follows one statement.
func (s *shell) stmt(st *syntax.Stmt) {
	s.steps++
	if st == nil || s.steps > maxSteps || len(s.commands) >= maxCommands {
		return
	}
	switch cmd := st.Cmd.(type) {
	case *syntax.CallExpr:
		s.call(st, cmd)
	case *syntax.BinaryCmd:
		s.stmt(cmd.X)
		s.stmt(cmd.Y)
	case *syntax.Block:
		s.stmts(cmd.Stmts)
	case *syntax.Subshell:
		s.subshell(cmd.Stmts)
	case *syntax.IfClause:
		for c := cmd; c != nil; c = c.Else {
			s.stmts(c.Cond)
			s.stmts(c.Then)
		}
	case *syntax.WhileClause:
		s.stmts(cmd.Cond)
		s.stmts(cmd.Do)
	case *syntax.ForClause:
		s.loop(cmd)
	case *syntax.CaseClause:
		for _, item := range cmd.Items {
			s.stmts(item.Stmts)
		}
	case *syntax.FuncDecl:
		s.stmt(cmd.Body)
	case *syntax.TimeClause:
		s.stmt(cmd.Stmt)
	case *syntax.CoprocClause:
		s.stmt(cmd.Stmt)
	case *syntax.DeclClause:
		s.assign(cmd.Args, s.vars)
	}
}

// loop follows a for loop once for each of its words.
func (s *shell) loop(cmd *syntax.ForClause) {
	iter, ok := cmd.Loop.(*syntax.WordIter)
	if !ok || len(iter.Items) == 0 {
		s.stmts(cmd.Do)
		return
	}
	for _, item := range s.fields(iter.Items) {
		s.vars[iter.Name.Value] = item
		s.stmts(cmd.Do)
	}
}

// call notes a simple command, or does what it does to the variables and the
// folder.
func (s *shell) call(st *syntax.Stmt, cmd *syntax.CallExpr) {
	if len(cmd.Args) == 0 {
		s.assign(cmd.Assigns, s.vars)
		return
	}
	c := Command{Args: s.fields(cmd.Args), Dir: s.dir, Line: int(st.Pos().Line()), Background: st.Background, Env: map[string]string{}}
	for k, v := range s.vars {
		c.Env[k] = v
	}
	s.assign(cmd.Assigns, c.Env)
	if len(c.Args) == 2 && c.Args[0] == "cd" {
		s.dir = RepoPath(s.dir, c.Args[1])
		return
	}
	s.redirects(&c, st.Redirs)
	s.commands = append(s.commands, c)
}

// redirects notes the here-document and the output of a command.
func (s *shell) redirects(c *Command, redirs []*syntax.Redirect) {
	for _, r := range redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.ClbOut, syntax.RdrAll, syntax.AppAll:
			if r.N == nil {
				c.Output = strings.Join(s.fields([]*syntax.Word{r.Word}), " ")
			}
		case syntax.Hdoc, syntax.DashHdoc:
			if r.Hdoc != nil {
				c.Here, c.HereLine = s.word(r.Hdoc.Parts), int(r.Hdoc.Pos().Line())
			}
		case syntax.WordHdoc:
			c.Here, c.HereLine = s.word(r.Word.Parts), int(r.Word.Pos().Line())
		}
	}
}

// assign sets variables.
func (s *shell) assign(list []*syntax.Assign, vars map[string]string) {
	for _, a := range list {
		if a.Name == nil || a.Naked || a.Index != nil {
			continue
		}
		value := "{" + a.Name.Value + "}"
		if a.Array == nil && !a.Append {
			value = ""
			if a.Value != nil {
				value = s.word(a.Value.Parts)
			}
		}
		if _, ok := vars[a.Name.Value]; ok || len(vars) < maxVars {
			vars[a.Name.Value] = value
		}
	}
}

// fields expands words to arguments. A variable without quotes is split at
// white space.
func (s *shell) fields(words []*syntax.Word) []string {
	var out []string
	for _, w := range words {
		if len(w.Parts) == 1 {
			if _, ok := w.Parts[0].(*syntax.ParamExp); ok {
				out = append(out, strings.Fields(s.word(w.Parts))...)
				continue
			}
		}
		text := s.word(w.Parts)
		if rest, ok := strings.CutPrefix(text, "~"); ok && (rest == "" || rest[0] == '/') {
			text = python.Home + rest
		}
		out = append(out, text)
	}
	return out
}

// word expands the parts of a word, without quotes.
func (s *shell) word(parts []syntax.WordPart) string {
	var b strings.Builder
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(unquote(p.Value, false))
		case *syntax.SglQuoted:
			if p.Dollar && strings.Contains(p.Value, `\`) {
				return "{?}"
			}
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(s.quoted(p.Parts))
		case *syntax.ParamExp:
			b.WriteString(s.param(p))
		default:
			b.WriteString("{?}")
		}
		if b.Len() > maxWord {
			return "{?}"
		}
	}
	return b.String()
}

// quoted expands what stands between double quotes.
func (s *shell) quoted(parts []syntax.WordPart) string {
	var b strings.Builder
	for _, part := range parts {
		if lit, ok := part.(*syntax.Lit); ok {
			b.WriteString(unquote(lit.Value, true))
		} else {
			b.WriteString(s.word([]syntax.WordPart{part}))
		}
		if b.Len() > maxWord {
			return "{?}"
		}
	}
	return b.String()
}

// unquote resolves backslashes. Between double quotes most stand for
// themselves.
func unquote(text string, quoted bool) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) || quoted && strings.IndexByte("$`\"\\\n", text[i+1]) < 0 {
			b.WriteByte(text[i])
			continue
		}
		i++
		if text[i] != '\n' {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// param expands a variable: $A, ${A}, ${A:-word} or ${A-word}.
func (s *shell) param(p *syntax.ParamExp) string {
	if p.Param == nil {
		return "{?}"
	}
	name := p.Param.Value
	unknown := "{" + name + "}"
	if p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Names != 0 {
		return unknown
	}
	value, known := s.vars[name]
	if name == "PWD" {
		value, known = path.Join(python.Home, s.dir), true
	}
	if p.Exp == nil {
		if known {
			return value
		}
		return unknown
	}
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if known && value != "" {
			return value
		}
		if p.Exp.Word != nil {
			return s.word(p.Exp.Word.Parts)
		}
		return ""
	}
	return unknown
}
