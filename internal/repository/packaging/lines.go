package packaging

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
)

// Kind says what a line of a list of packages is.
type Kind uint8

// The kinds of lines.
const (
	// Broken is what pip refuses: Err says why.
	Broken Kind = iota
	// Package asks for a package by its name.
	Package
	// Address asks for what is at an address. Where the address tells its
	// package's name, Requirement has it.
	Address
	// Local asks for what is at a path.
	Local
	// Include names a list whose lines count, too.
	Include
	// Constraint names a list of conditions on versions.
	Constraint
	// Setting is options alone, such as an index's address.
	Setting
	// Variable has a variable of the environment in it, so that what it says is
	// not known.
	Variable
)

// Line is one logical line of a list of packages.
type Line struct {
	// Number of its first line and Column of its first character, both from 1.
	Number, Column int
	// Text without comments, its continued lines joined.
	Text string
	Kind Kind
	// Requirement is what a Package asks for, and an Address with a name.
	Requirement *Requirement
	// Target is the path or address of an Address, a Local, an Include or a
	// Constraint.
	Target string
	// Extras are those of a Local.
	Extras []string
	// Editable says that what is installed stays where it is: -e.
	Editable bool
	// Options are all that the line has.
	Options []Option
	// Err says why the line is Broken. It may be a *[LegacyError].
	Err error

	marker *Marker
}

// In says whether a line counts in an environment.
func (l *Line) In(e Variables) truth.Value {
	if l.Requirement != nil {
		return l.Requirement.In(e)
	}
	return l.marker.Eval(e)
}

// LegacyError says what pip 24.1 and later refuse, and earlier releases took.
type LegacyError struct{ Err error }

func (e *LegacyError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *LegacyError) Unwrap() error { return e.Err }

var (
	comment    = regexp.MustCompile(`(?:^|[\s\x1c-\x1f\x85\x{a0}]+)#.*$`)
	isComment  = regexp.MustCompile(`^\s*#`)
	variable   = regexp.MustCompile(`\$\{[A-Z0-9_]+\}`)
	pythonEnds = regexp.MustCompile("\r\n|[\n\r\v\f\x1c-\x1e\u0085\u2028\u2029]")
)

// ParseRequirements reads a list of packages as pip 25.2 does.
func ParseRequirements(text string) []Line {
	var out []Line
	number, begin, column := 1, 0, 0
	var joined strings.Builder
	emit := func(last string) {
		joined.WriteString(last)
		if line, ok := parseLine(joined.String()); ok {
			line.Number, line.Column = begin, column
			out = append(out, line)
		}
		begin = 0
		joined.Reset()
	}
	for len(text) > 0 {
		physical, end := text, ""
		if at := pythonEnds.FindStringIndex(text); at != nil {
			physical, end = text[:at[0]], text[at[0]:at[1]]
		}
		text = text[len(physical)+len(end):]
		if begin == 0 {
			begin, column = number, len(physical)-len(strings.TrimLeft(physical, " \t"))+1
		}
		if strings.HasSuffix(end, "\n") {
			number++
		}
		switch {
		case isComment.MatchString(physical):
			emit(" " + physical)
		case strings.HasSuffix(physical, `\`):
			joined.WriteString(strings.Trim(physical, `\`))
			if text == "" {
				emit("")
			}
		default:
			emit(physical)
		}
	}
	return out
}

// parseLine reads a logical line; it is none where nothing but a comment is
// there.
func parseLine(text string) (Line, bool) {
	text = strings.TrimSpace(comment.ReplaceAllString(text, ""))
	if text == "" {
		return Line{}, false
	}
	line := Line{Text: text}
	if variable.MatchString(text) {
		line.Kind = Variable
		return line, true
	}
	args, rest := breakOptions(text)
	options, err := parseOptions(rest)
	if err != nil {
		line.Err = err
		return line, true
	}
	line.Options = options
	line.sort(args)
	return line, true
}

// breakOptions cuts a line before the first word that begins with a dash.
func breakOptions(text string) (args, options string) {
	words := strings.Split(text, " ")
	for i, word := range words {
		if strings.HasPrefix(word, "-") {
			return strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		}
	}
	return text, ""
}

// Option returns the first value of an option, by its long name.
func (l *Line) Option(name string) (value string, ok bool) {
	for _, o := range l.Options {
		if o.Name == name {
			return o.Value, true
		}
	}
	return "", false
}

// sort finds out what kind of line it is, as pip does: a requirement before
// options, and of options the one that asks for most.
func (l *Line) sort(args string) {
	if args != "" {
		if _, editable := l.Option("--editable"); editable {
			l.editable(args)
		} else {
			l.target(args)
		}
		return
	}
	for _, o := range []struct {
		name string
		kind Kind
	}{{"--editable", Local}, {"--requirement", Include}, {"--constraint", Constraint}} {
		if value, ok := l.Option(o.name); ok {
			l.Kind, l.Target = o.kind, value
			if o.kind == Local {
				l.editable(value)
			}
			return
		}
	}
	l.Kind = Setting
}

var (
	addressForm = regexp.MustCompile(`(?i)^(?:https?|file|ftp|ssh|(?:git|hg|bzr|svn)\+[a-z]+):`)
	versioned   = regexp.MustCompile(`(?i)^(?:git|hg|bzr|svn)[+:]`)
	pathExtras  = regexp.MustCompile(`^(.+)(\[[^\]]+\])$`)
	archives    = []string{".zip", ".whl", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"}
)

// ParseArgument reads what pip install is given besides options.
func ParseArgument(text string) Line {
	l := Line{Text: text}
	l.target(text)
	return l
}

// ParseEditable reads what the option --editable is given.
func ParseEditable(text string) Line {
	l := Line{Text: text}
	l.editable(text)
	return l
}

// target reads what is asked for: a name, an address or a path.
func (l *Line) target(text string) {
	name, marker := text, ""
	if addressForm.MatchString(text) {
		name, marker, _ = strings.Cut(text, "; ")
	} else {
		name, marker, _ = strings.Cut(text, ";")
	}
	name, marker = strings.TrimSpace(name), strings.TrimSpace(marker)
	parsed, err := parseMarker(marker)
	if err != nil {
		l.Kind, l.Err = Broken, err
		return
	}
	switch before, _, at := strings.Cut(name, "@"); {
	case addressForm.MatchString(name):
		l.address(name)
	case isArchive(name) && !(at && !looksLikePath(before)), looksLikePath(name) && !(at && !looksLikePath(before)):
		l.path(name)
	default:
		r, err := ParseRequirement(name)
		if err != nil {
			l.Kind, l.Err = Broken, err
			return
		}
		l.Kind, l.Requirement = Package, &r
		if r.URL != "" {
			l.Kind, l.Target = Address, r.URL
		}
	}
	if l.marker = parsed; l.Requirement != nil && marker != "" {
		l.Requirement.Marker, l.Requirement.marker = marker, parsed
	}
}

// looksLikePath says whether pip looks for a folder of the name first.
func looksLikePath(name string) bool {
	return strings.Contains(name, "/") || strings.HasPrefix(name, ".")
}

func isArchive(name string) bool {
	if m := pathExtras.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	for _, end := range archives {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return false
}

// path notes something at a path.
func (l *Line) path(name string) {
	l.Kind, l.Target = Local, name
	if m := wheelForm.FindStringSubmatch(path.Base(name)); m != nil {
		l.named(m[1] + "==" + m[2])
	}
	m := pathExtras.FindStringSubmatch(name)
	if m == nil {
		return
	}
	l.Target = m[1]
	r, err := ParseRequirement("placeholder" + m[2])
	if err != nil {
		l.Kind, l.Err = Broken, err
		return
	}
	l.Extras = r.Extras
}

var (
	eggForm   = regexp.MustCompile(`[#&]egg=([^&]*)`)
	wheelForm = regexp.MustCompile(`^([^\s-]+?)-([^\s-]*?)(?:-\d[^-]*)?-[^\s-]+-[^\s-]+-[^\s-]+\.whl$`)
)

// address notes what is at an address, with the name that it tells.
func (l *Line) address(text string) {
	l.Kind, l.Target = Address, text
	if strings.HasPrefix(strings.ToLower(text), "file:") && !isArchive(text) {
		l.Kind = Local
	}
	where, _, _ := strings.Cut(text, "#")
	where, _, _ = strings.Cut(where, "?")
	if m := wheelForm.FindStringSubmatch(path.Base(where)); m != nil {
		l.named(m[1] + "==" + m[2])
	} else if m := eggForm.FindStringSubmatch(text); m != nil {
		l.named(m[1])
	}
}

func (l *Line) named(text string) {
	if r, err := ParseRequirement(text); err == nil {
		r.URL = l.Target
		l.Requirement = &r
	}
}

// editable reads what stays where it is: a folder, or what a version control
// has.
func (l *Line) editable(text string) {
	l.Editable = true
	switch {
	case versioned.MatchString(text):
		if l.address(text); l.Requirement == nil {
			l.Kind, l.Err = Broken, fmt.Errorf("%q does not tell the package's name with #egg=", text)
		}
	case addressForm.MatchString(text) && !strings.HasPrefix(strings.ToLower(text), "file:"):
		l.Kind, l.Err = Broken, fmt.Errorf("%q is neither a folder nor an address of a version control, such as git+https://…", text)
	default:
		l.path(strings.TrimSpace(text))
	}
}

// errUnclosed is a quotation that does not end.
var errUnclosed = errors.New("a quotation is not closed")
