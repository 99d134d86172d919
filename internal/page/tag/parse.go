package tag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/doors"
)

// Parse reads the text between [Open] and [Close], raw as it stands in the
// source; at is where that text begins. The error is an [Errors] with all that
// is wrong, and then there is no tag.
func Parse(inner string, at position.Position) (*Tag, error) {
	c := checker{tag: Tag{Pos: opening(at)}, first: make(map[string]position.Position)}
	place := position.Count(at, inner)
	for _, m := range rules().Token.FindAllStringSubmatchIndex(inner, -1) {
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return inner[m[2*n]:m[2*n+1]]
		}
		switch {
		case m[2*groupKey] >= 0:
			c.pair(token{
				key: group(groupKey), quoted: group(groupQuoted), broken: group(groupBroken),
				bare: group(groupBare), tail: group(groupTail), pos: place.At(m[0]),
			})
		case m[2*groupText] >= 0:
			c.text(group(groupText), place.At(m[0]))
		}
	}
	return c.result()
}

// Place returns where an argument first stands in the text that [Parse] reads
// as it is given here; the zero Position if it is not there.
func Place(inner string, at position.Position, name string) position.Position {
	place := position.Count(at, inner)
	for _, m := range rules().Token.FindAllStringSubmatchIndex(inner, -1) {
		if key := 2 * groupKey; m[key] >= 0 && inner[m[key]:m[key+1]] == name {
			return place.At(m[0])
		}
	}
	return position.Position{}
}

// FromArgs makes a tag of arguments that are already apart, as a shortcode has
// them; at is where they stand. They are checked as those of [Parse] are.
func FromArgs(args map[string]string, at position.Position) (*Tag, error) {
	c := checker{tag: Tag{Pos: at}, first: make(map[string]position.Position)}
	for _, a := range rules().Arguments {
		if value, ok := args[a.Name]; ok {
			c.argument(a.Name, value, at)
		}
	}
	var unknown []string
	for name := range args {
		if rules().argument(name) == nil {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		c.argument(name, args[name], at)
	}
	return c.result()
}

// Check says what is wrong with a value of the argument of that name, for
// settings that stand in for an argument. It returns nil or an [Errors].
func Check(name, value string) error {
	c := checker{first: make(map[string]position.Position)}
	c.argument(name, value, position.Position{})
	if len(c.errs) > 0 {
		return c.errs
	}
	return nil
}

// Items returns the items of an argument that is a list.
func Items(value string) []string {
	return rules().Separator.Split(strings.Trim(value, " \t"), -1)
}

// opening returns where a tag begins whose inner text begins at pos.
func opening(pos position.Position) position.Position {
	if pos.Column > len(Open) {
		pos.Column -= len(Open)
	}
	return pos
}

// token is a pair as the grammar cut it out.
type token struct {
	key, quoted, broken, bare, tail string
	pos                             position.Position
}

// checker collects a tag and what is wrong with it.
type checker struct {
	tag      Tag
	errs     Errors
	first    map[string]position.Position // where each argument was first given
	unclosed bool                         // an open quote may have swallowed arguments
}

func (c *checker) fail(arg string, pos position.Position, message, valid string) {
	c.errs = append(c.errs, &Error{Arg: arg, Pos: pos, Message: message, Valid: valid})
}

// text reports text that is no pair.
func (c *checker) text(text string, pos position.Position) {
	g := rules()
	message := firstMatch(g.Hints, text)
	if message == "" {
		message = g.Messages.Text
	}
	c.fail("", pos, about(text, message), "")
}

// pair takes a pair apart and checks it.
func (c *checker) pair(t token) {
	g := rules()
	if t.broken != "" {
		if t.broken[0] == '"' {
			c.unclosed = true
		}
		c.malformed(t, t.broken, g.Messages.Unclosed)
		return
	}
	if t.tail != "" {
		c.malformed(t, t.tail, g.Messages.Behind)
		return
	}
	if m := g.BadEscape.FindStringSubmatch(t.quoted); m != nil {
		c.malformed(t, m[1], g.Messages.Escape)
		return
	}
	c.argument(t.key, t.bare+g.Escape.ReplaceAllString(t.quoted, "$1"), t.pos)
}

// malformed reports a pair whose value cannot be read.
func (c *checker) malformed(t token, part, message string) {
	if !c.allowed(t.key, t.pos) {
		return
	}
	if hint := firstMatch(rules().Hints, part); hint != "" {
		message = hint
	}
	c.fail(t.key, t.pos, about(part, message), rules().argument(t.key).Valid)
}

// allowed says whether an argument may stand where it stands: there is one of
// that name, and it was not given before.
func (c *checker) allowed(name string, pos position.Position) bool {
	g := rules()
	if g.argument(name) == nil {
		message := g.Messages.Unknown
		if near := nearest(name); near != "" {
			message = fmt.Sprintf(doors.Say().Meant, message, near)
		}
		c.fail(name, pos, message, names())
		return false
	}
	if first, ok := c.first[name]; ok {
		message := g.Messages.Twice
		if first.Line > 0 {
			message = fmt.Sprintf(doors.Say().First, message, first.Line, first.Column)
		}
		c.fail(name, pos, message, "")
		return false
	}
	c.first[name] = pos
	return true
}

// argument checks one argument and takes it over.
func (c *checker) argument(name, value string, pos position.Position) {
	if !c.allowed(name, pos) {
		return
	}
	a := rules().argument(name)
	items := []string{value}
	if a.List {
		items = Items(value)
	}
	before := len(c.errs)
	listed := make(map[string]bool)
	for _, item := range items {
		message := a.problem(item, &c.tag)
		if message == "" && listed[item] {
			message = about(item, rules().Messages.Item)
		}
		listed[item] = true
		if message != "" {
			c.fail(name, pos, message, a.Valid)
		}
	}
	if len(c.errs) == before {
		c.tag.set(name, value, items)
	}
}

// result returns the tag, if all is well with it.
func (c *checker) result() (*Tag, error) {
	for _, a := range rules().Arguments {
		if _, ok := c.first[a.Name]; a.Required && !ok && !c.unclosed {
			missing := &Error{Arg: a.Name, Pos: c.tag.Pos, Message: rules().Messages.Missing, Valid: a.Valid}
			c.errs = slices.Insert(c.errs, 0, missing)
		}
	}
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	return &c.tag, nil
}
