package shell

import (
	"path"
	"sort"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Limits on the scripts that are read.
const (
	maxScript     = 64 << 10
	maxScriptOpen = 4000 // brackets: how deep a script can nest
)

// mark is a byte-order mark.
const mark = "\ufeff"

// parsed is a text that is parsed once.
type parsed struct {
	// at is where it begins.
	at   Place
	text string
	// mark, returns, shell and err are described at [Script].
	mark, returns, shell bool
	err                  *Error
	// bash says that bash runs it, and flags are those that the first line
	// gives the shell.
	bash  bool
	flags string
	stmts []*syntax.Stmt
	// spans has the lines of the statements, and which of them stand alone.
	spans map[*syntax.Stmt]Span
}

// reader reads the scripts of a repository, each once.
type reader struct {
	files  Files
	budget *Budget
	read   map[string]*parsed
	// inlined has the texts that are words of commands.
	inlined   map[Place]*parsed
	makefiles map[string]*makefile
}

func newReader(files Files, budget *Budget) *reader {
	if budget == nil {
		budget = &Budget{Steps: DefaultSteps}
	}
	return &reader{files: files, budget: budget, read: map[string]*parsed{}, inlined: map[Place]*parsed{}, makefiles: map[string]*makefile{}}
}

// file reads a file.
func (r *reader) file(p string) (*parsed, bool) {
	if s, ok := r.read[p]; ok {
		return s, s != nil
	}
	var s *parsed
	if r.files != nil && !r.files.IsDir(p) {
		if text, ok := r.files.Read(p); ok {
			s = parse(Place{File: p, Line: 1, Column: 1}, string(text))
			r.budget.Steps -= len(text) / 256
		}
	}
	r.read[p] = s
	return s, s != nil
}

// inline reads a text that stands at a place.
func (r *reader) inline(at Place, text string) *parsed {
	if s, ok := r.inlined[at]; ok && s.text == text {
		return s
	}
	s := parse(at, text)
	s.shell, s.mark, s.returns = true, false, false
	for st, sp := range s.spans {
		sp.Alone = false // there is something around it
		s.spans[st] = sp
	}
	r.budget.Steps -= len(text) / 256
	r.inlined[at] = s
	return s
}

// parse parses a text. Byte-order marks and carriage returns are dealt with
// here alone: they are noted, and no part of what is parsed.
func parse(at Place, text string) *parsed {
	s := &parsed{at: at, text: text, spans: map[*syntax.Stmt]Span{}}
	rest := strings.TrimPrefix(text, mark)
	s.mark = rest != text
	s.interpreter(rest)
	rest = strings.ToValidUTF8(strings.ReplaceAll(rest, "\r\n", "\n"), "\ufffd")
	rest = signs.Replace(rest)
	switch {
	case !s.shell:
		return s
	case len(rest) > maxScript:
		s.err = &Error{Place: at, Text: "the script has more than 65536 bytes", Limit: true}
		return s
	case strings.Count(rest, "(")+strings.Count(rest, "{")+strings.Count(rest, "`") > maxScriptOpen:
		s.err = &Error{Place: at, Text: "the script nests too deep", Limit: true}
		return s
	}
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	err := parser.Stmts(strings.NewReader(rest), func(st *syntax.Stmt) bool {
		s.stmts = append(s.stmts, st)
		return true
	})
	switch err := err.(type) {
	case nil:
	case syntax.ParseError:
		s.err = &Error{Place: s.position(err.Pos), Text: err.Text}
	case syntax.LangError:
		s.err = &Error{Place: s.position(err.Pos), Text: err.Feature + " is no part of the language"}
	default:
		s.err = &Error{Place: at, Text: err.Error()}
	}
	s.lines(rest)
	return s
}

// signs are two characters that the parser takes for the end of the script and of a
// continued line: another that as few people write stands for them, of as many bytes.
var signs = strings.NewReplacer("\u0080", "\u0082", "\u0081", "\u0082")

// interpreter reads the first line.
func (s *parsed) interpreter(text string) {
	first, _, _ := strings.Cut(text, "\n")
	s.shell = true
	if !strings.HasPrefix(first, "#!") {
		return
	}
	s.returns = strings.HasSuffix(first, "\r")
	words := strings.Fields(first[2:])
	for len(words) > 0 && path.Base(words[0]) == "env" {
		words = words[1:]
		for len(words) > 0 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
	}
	if len(words) == 0 {
		s.shell = false
		return
	}
	name := path.Base(words[0])
	s.shell = IsShell(name)
	s.bash = s.shell && !s.mark && name == "bash"
	if s.shell && !s.mark && len(words) > 1 && strings.HasPrefix(words[1], "-") {
		s.flags = strings.Join(words[1:], " ")
	}
}

// IsShell says whether a program is a shell that understands what sh does.
func IsShell(name string) bool {
	switch name {
	case "sh", "bash", "dash", "zsh", "ksh", "ash":
		return true
	}
	return false
}

// lines notes what lines the statements cover.
func (s *parsed) lines(text string) {
	lines := strings.Split(text, "\n")
	note := func(list []*syntax.Stmt, top bool) {
		for _, st := range list {
			s.spans[st] = s.span(st, lines, top || len(list) > 1)
		}
	}
	note(s.stmts, true)
	for _, st := range s.stmts {
		syntax.Walk(st, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Stmt:
				if _, ok := s.spans[n]; !ok {
					s.spans[n] = s.span(n, lines, false)
				}
			case *syntax.Block:
				note(n.Stmts, false)
			case *syntax.Subshell:
				note(n.Stmts, false)
			case *syntax.IfClause:
				note(n.Then, false)
			case *syntax.WhileClause:
				note(n.Do, false)
			case *syntax.ForClause:
				note(n.Do, false)
			case *syntax.CaseItem:
				note(n.Stmts, true)
			}
			return true
		})
	}
}

// outer returns what the statement at the top covers in which a place is.
func (s *parsed) outer(p syntax.Pos) Span {
	i := sort.Search(len(s.stmts), func(i int) bool { return s.stmts[i].Pos().After(p) })
	if i == 0 {
		return Span{}
	}
	return s.spans[s.stmts[i-1]]
}

// span returns the lines of a statement. Removable says that the list that it is
// in may do without it.
func (s *parsed) span(st *syntax.Stmt, lines []string, removable bool) Span {
	first, last := st.Pos(), st.End()
	for _, r := range st.Redirs {
		if r.Hdoc != nil && r.Hdoc.End().After(last) {
			last = r.Hdoc.End()
		}
	}
	sp := Span{First: s.position(first).Line, Last: s.position(last).Line}
	// The parser knows no column far out on a line.
	if first.Col() == 0 || last.Col() == 0 || int(last.Line()) > len(lines) {
		return sp
	}
	before := lines[first.Line()-1][:min(int(first.Col())-1, len(lines[first.Line()-1]))]
	after := lines[last.Line()-1]
	after = strings.TrimSpace(after[min(int(last.Col())-1, len(after)):])
	sp.Alone = removable && strings.TrimSpace(before) == "" && (after == "" || strings.HasPrefix(after, "#"))
	return sp
}
