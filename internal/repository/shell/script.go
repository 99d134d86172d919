package shell

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// Files are the files of a repository.
type Files interface {
	IsDir(path string) bool
	Exists(path string) bool
	Read(path string) (content []byte, ok bool)
}

// Budget bounds the steps that are taken for one repository. Steps may be
// shared by any number of scripts; when they are used up, what is left is not
// known.
type Budget struct {
	Steps int
	// Cut lists the files of which something was not followed to its end, each once.
	Cut []string
}

func (b *Budget) cut(file string) {
	if !slices.Contains(b.Cut, file) {
		b.Cut = append(b.Cut, file)
	}
}

// DefaultSteps suffice for the scripts of a repository.
const DefaultSteps = 200_000

// maxSteps bounds one pass through one script.
const maxSteps = 20_000

// Place is where something stands in a file.
type Place = position.Position

// Span is what a statement covers.
type Span struct {
	First, Last int
	// Alone says that the lines have nothing else, and that the script is as
	// valid without them.
	Alone bool
}

// Runs says whether a command runs when the script does.
type Runs uint8

// Whether a command runs.
const (
	Never   Runs = iota // nothing leads to it
	Perhaps             // only if something holds that is not known
	Surely              // unless a command before it has failed
)

// Failure says what becomes of the script when a command fails each time that it
// runs.
type Failure uint8

// What becomes of a failure.
const (
	Unclear Failure = iota // it cannot be known
	Unseen                 // the script goes on as if nothing had happened
	Caught                 // the script provides for it, and goes on
	Ends                   // the script fails
)

func (f Failure) String() string {
	return [...]string{"unclear", "unseen", "caught", "ends"}[f]
}

// Command is one command of a script.
type Command struct {
	Place
	Span Span
	// Outer is what the statement at the file's top covers in which it stands.
	Outer Span
	// Args are its words, as written; [Command.Run] is what they run.
	Args []Word
	// Env has the variables that it is known to be given.
	Env map[string]Word
	// Dir is its working folder, seen from the repository's root: "" is the
	// root, and "{?}" one that is not known.
	Dir string
	// Redirects are its redirections.
	Redirects []Redirect
	Runs      Runs
	// Background says that the script does not wait for it.
	Background bool
	// Inner says that it runs within another command's words: "$(git log)".
	Inner bool
	// Followed says that what it runs is known and listed, too: a function, or
	// a script of the repository.
	Followed bool

	provided bool // the script provides for its failure
	fatal    bool // set -e ends the script itself
}

// Run returns the words of what the command runs in the end, without "env A=b",
// "nohup" and the like.
func (c *Command) Run() []Word { return Unwrap(c.Args) }

// Program returns the name of what the command runs in the end, "" if it is not
// known.
func (c *Command) Program() string {
	args := c.Run()
	if len(args) == 0 {
		return ""
	}
	base, _ := args[0].Base()
	return base
}

// Variables returns the variables as texts.
func (c *Command) Variables() map[string]string {
	out := make(map[string]string, len(c.Env))
	for name, value := range c.Env {
		out[name] = value.String()
	}
	return out
}

// Output returns the file that the command's output goes to.
func (c *Command) Output() (file Word, ok bool) {
	for _, r := range slices.Backward(c.Redirects) {
		if r.Output {
			return r.File, true
		}
	}
	return Word{}, false
}

// Here returns the here-document that the command is given.
func (c *Command) Here() (text Word, at Place, ok bool) {
	for _, r := range slices.Backward(c.Redirects) {
		if r.Here {
			return r.Text, r.Place, true
		}
	}
	return Word{}, Place{}, false
}

// Redirect is a redirection of a command.
type Redirect struct {
	// Output says that File is given the command's standard output.
	Output bool
	Append bool
	File   Word
	// Here says that Text is the command's standard input, and Place where the
	// text begins.
	Here  bool
	Text  Word
	Place Place
}

// key tells commands apart by their place and words.
func (c *Command) key() string {
	var b strings.Builder
	b.WriteString(placeKey(c.Place))
	b.WriteString(c.Dir)
	for _, a := range c.Args {
		b.WriteByte(0)
		for _, p := range a.parts {
			if p.unknown {
				b.WriteByte(1)
			}
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// Error says why a script cannot be read, and where.
type Error struct {
	Place
	Text string
	// Limit says that it is over a limit of ours; a shell may read it well.
	Limit bool
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

// Script is a script, as it is read once.
type Script struct {
	Path string
	// Text is what the file has.
	Text string
	// Mark says that it begins with a byte-order mark, which hides the first
	// line from the system.
	Mark bool
	// Returns says that the first line names an interpreter and ends in a
	// carriage return, which becomes part of the name.
	Returns bool
	// Shell says that a shell runs it; if not, no more is known of it.
	Shell bool
	// Err says why the shell cannot read all of it.
	Err *Error
	// Commands run surely or perhaps, in their order; one that runs again with
	// the same words stands there once.
	Commands []Command
	// Dead are the commands that nothing leads to, such as those of functions
	// that are not called.
	Dead []Command
	// Cut says that the script takes too many steps, so that it was not followed
	// to its end.
	Cut bool

	main     *parsed
	setup    setup
	reader   *reader
	failures map[string]Failure
}

// setup is what a script begins with.
type setup struct {
	env     map[string]Word
	options string
	bash    bool
	dir     string
	args    []Word
}

// Option says more of how a script is run.
type Option func(*setup)

// WithArguments says that the script is given arguments that are not known.
func WithArguments() Option {
	return func(s *setup) { s.args = []Word{Unknown("@")} }
}

// WithDir says in which folder the script runs.
func WithDir(dir string) Option { return func(s *setup) { s.dir = dir } }

// Read reads a script of the repository.
func Read(files Files, path string, budget *Budget, options ...Option) (*Script, bool) {
	r := newReader(files, budget)
	src, ok := r.file(path)
	if !ok {
		return nil, false
	}
	return follow(r, src, options...), true
}

// Parse reads a script that stands in a file at a place, such as an argument of
// a Python call.
func Parse(files Files, at Place, text string, budget *Budget, options ...Option) *Script {
	r := newReader(files, budget)
	src := r.inline(at, text)
	return follow(r, src, options...)
}

func follow(r *reader, src *parsed, options ...Option) *Script {
	s := &Script{Path: src.at.File, Text: src.text, Mark: src.mark, Returns: src.returns, Shell: src.shell, main: src, reader: r}
	for _, o := range options {
		o(&s.setup)
	}
	s.Err = src.err
	if !s.Shell {
		return s
	}
	run := s.run(force{})
	s.Commands, s.Cut = run.commands, run.cut
	if s.Cut || s.Err != nil && s.Err.Limit {
		r.budget.cut(s.Path)
	}
	s.Dead = run.dead()
	s.failures = map[string]Failure{}
	return s
}

// Failure says what becomes of the script when one of its commands fails each
// time that it runs with these words.
func (s *Script) Failure(c *Command) Failure {
	key := c.key()
	if f, ok := s.failures[key]; ok {
		return f
	}
	if c.fatal && !s.Cut {
		return Ends
	}
	if s.Cut || s.reader.budget.Steps <= 0 {
		return Unclear
	}
	it := func(other *Command) bool { return other.key() == key }
	s.failures[key] = Unclear
	ways, whole := s.ends(it, false)
	if !whole {
		return Unclear
	}
	found := judge(ways, c)
	if found != Ends {
		// Where it leads to something that fails of itself, only a look at the ways
		// without other failures tells.
		if ways, whole = s.ends(it, true); !whole || ways.has(true, failed) {
			found = Unclear
		}
	}
	s.failures[key] = found
	return found
}

// ends returns how the script ends if a command fails, and whether the script could
// be followed to its end.
func (s *Script) ends(it func(*Command) bool, rest bool) (ways ends, whole bool) {
	r := s.run(force{it, rest})
	return r.proc.ends, !r.cut
}

// judge says what becomes of a script that ends so if a command fails.
func judge(ways ends, c *Command) Failure {
	fails, passes := ways.has(true, failed), ways.has(true, ok)
	switch {
	case fails && !passes:
		return Ends
	case fails: // it may be a way that fails in any case, or another one
		return Unclear
	case c.provided:
		return Caught
	}
	return Unseen
}

// Fails says whether the script surely fails if all the commands fail of which
// the function says so.
func (s *Script) Fails(which func(*Command) bool) bool {
	run := s.run(force{which: which})
	return !run.cut && !run.proc.ends.has(false, ok) && run.proc.ends.has(true, failed)
}

// position returns where a node stands.
func (s *parsed) position(p syntax.Pos) Place {
	at := Place{File: s.at.File, Line: s.at.Line + int(p.Line()) - 1, Column: int(p.Col())}
	if p.Line() == 1 {
		at.Column += s.at.Column - 1
	}
	return at
}
