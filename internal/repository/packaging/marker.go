package packaging

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
)

// Marker is a condition on the environment, such as python_version < "3.8". A
// nil one is always met.
type Marker struct {
	op          string // "and" and "or" of parts, else a comparison
	parts       []*Marker
	left, right operand
}

// operand is a variable or a text of a comparison.
type operand struct {
	variable bool
	text     string
}

// Variables holds what is known of where a package is installed, by the names
// of the variables that conditions have.
type Variables map[string]string

// Linux is the environment of a Python, "3.12", on a BinderHub. An empty
// version is one that is not known.
func Linux(python string) Variables {
	e := Variables{
		"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64",
		"platform_python_implementation": "CPython", "implementation_name": "cpython", "extra": "",
	}
	if python != "" {
		e["python_version"] = python
	}
	return e
}

var (
	markerString   = regexp.MustCompile(`^(?:'([^']*)'|"([^"]*)")`)
	markerVariable = regexp.MustCompile(`^(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b`)
	markerOperator = regexp.MustCompile(`^(?:===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b)`)
	markerJoin     = regexp.MustCompile(`^(?:or|and)\b`)
)

// maxMarkerDepth bounds how deep parentheses of a condition nest; pip, too, gives up
// before that, since Python's stack ends.
const maxMarkerDepth = 1000

// parseMarker reads a condition on the environment. It is nil for an empty
// text.
func parseMarker(text string) (*Marker, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := &markerParser{rest: text}
	m, err := p.list()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q is too much in the condition %q", p.rest, text)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

type markerParser struct {
	rest  string
	depth int
}

func (p *markerParser) space() { p.rest = strings.TrimLeft(p.rest, " \t") }

// take takes what a form matches.
func (p *markerParser) take(form *regexp.Regexp) string {
	found := form.FindString(p.rest)
	p.rest = p.rest[len(found):]
	return found
}

// list reads conditions with "and" and "or" between them; "and" binds closer.
func (p *markerParser) list() (*Marker, error) {
	if p.depth++; p.depth > maxMarkerDepth {
		return nil, errors.New("the condition nests too deep")
	}
	defer func() { p.depth-- }()
	either := &Marker{op: "or", parts: []*Marker{{op: "and"}}}
	for {
		m, err := p.atom()
		if err != nil {
			return nil, err
		}
		all := either.parts[len(either.parts)-1]
		all.parts = append(all.parts, m)
		switch p.take(markerJoin) {
		case "":
			return either, nil
		case "or":
			either.parts = append(either.parts, &Marker{op: "and"})
		}
	}
}

func (p *markerParser) atom() (*Marker, error) {
	p.space()
	defer p.space()
	rest, nested := strings.CutPrefix(p.rest, "(")
	if !nested {
		return p.comparison()
	}
	p.rest = rest
	m, err := p.list()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.rest, nested = strings.CutPrefix(p.rest, ")"); !nested {
		return nil, errors.New("a parenthesis of the condition is not closed")
	}
	return m, nil
}

func (p *markerParser) comparison() (*Marker, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	p.space()
	op := p.take(markerOperator)
	if op == "" {
		return nil, fmt.Errorf("no comparison stands in the condition before %q", p.rest)
	}
	p.space()
	right, err := p.operand()
	if err == nil && !left.variable && !right.variable {
		err = errors.New("a comparison of the condition has no variable")
	}
	return &Marker{op: strings.Join(strings.Fields(op), " "), left: left, right: right}, err
}

func (p *markerParser) operand() (operand, error) {
	if name := p.take(markerVariable); name != "" {
		if name = strings.ReplaceAll(name, ".", "_"); name == "python_implementation" {
			name = "platform_python_implementation"
		}
		return operand{true, name}, nil
	}
	if text := p.take(markerString); text != "" {
		return operand{false, text[1 : len(text)-1]}, nil
	}
	return operand{}, fmt.Errorf("neither a variable nor a quoted text stands in the condition before %q", p.rest)
}

// Eval says whether a condition is met.
func (m *Marker) Eval(e Variables) truth.Value {
	if m == nil {
		return truth.Yes
	}
	switch m.op {
	case "or":
		v := truth.No
		for _, part := range m.parts {
			v = v.Or(part.Eval(e))
		}
		return v
	case "and":
		v := truth.Yes
		for _, part := range m.parts {
			v = v.And(part.Eval(e))
		}
		return v
	}
	return m.compare(e)
}

func (m *Marker) compare(e Variables) truth.Value {
	variable := m.left.text // of two, the right one is taken for a text
	if !m.left.variable {
		variable = m.right.text
	}
	if variable == "python_full_version" || variable == "implementation_version" {
		return m.full(e["python_version"])
	}
	value, ok := e[variable]
	if !ok {
		return truth.Unknown
	}
	left, right := m.left.text, value
	if m.left.variable {
		left, right = value, m.right.text
	}
	return compareTexts(left, m.op, right)
}

// full compares a whole version of which only the first two numbers are known.
func (m *Marker) full(short string) truth.Value {
	if short == "" || !m.left.variable {
		return truth.Unknown
	}
	first, last := compareTexts(short+".0", m.op, m.right.text), compareTexts(short+".999", m.op, m.right.text)
	within := m.right.text == short || strings.HasPrefix(m.right.text, short+".")
	if first != last || within && !strings.HasSuffix(m.right.text, ".*") && (m.op == "==" || m.op == "!=" || strings.HasSuffix(m.op, "in") || m.op == "===") {
		return truth.Unknown
	}
	return first
}

// compareTexts compares as versions where that is possible, else as texts.
func compareTexts(left, op, right string) truth.Value {
	if s, err := parseSpecifier(op + right); err == nil {
		v, err := ParseVersion(left)
		if err != nil {
			return truth.Unknown
		}
		return truth.Of(s.Allows(v))
	}
	c := cmp.Compare(left, right)
	switch op {
	case "in":
		return truth.Of(strings.Contains(right, left))
	case "not in":
		return truth.Of(!strings.Contains(right, left))
	case "==", "===":
		return truth.Of(c == 0)
	case "!=":
		return truth.Of(c != 0)
	case "<":
		return truth.Of(c < 0)
	case "<=":
		return truth.Of(c <= 0)
	case ">":
		return truth.Of(c > 0)
	case ">=":
		return truth.Of(c >= 0)
	}
	return truth.Unknown
}
