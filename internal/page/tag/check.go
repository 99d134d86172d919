package tag

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// problem says what is wrong with a value, or with one item of a list; it is
// empty if nothing is. Of an address it notes what it is in the tag.
func (a *argument) problem(value string, t *Tag) string {
	g := rules()
	if value == "" {
		return g.Messages.Empty
	}
	if message := firstMatch(g.Refuse, value); message != "" {
		return about(value, message)
	}
	if a.Address {
		var e *forge.Error
		var err error
		if t.Address, err = forge.Parse(value); errors.As(err, &e) {
			return e.Message + "; " + e.Hint // which knows what was probably meant
		}
	}
	if message := firstMatch(a.Refuse, value); message != "" {
		return about(value, message)
	}
	if !a.Pattern.MatchString(value) {
		return about(value, a.Message)
	}
	if a.Max != 0 {
		if n, err := strconv.Atoi(value); err != nil || n < a.Min || n > a.Max {
			return about(value, g.Messages.Range)
		}
	}
	return ""
}

// shown is how much of a value an error shows, in bytes.
const shown = 80

// about makes a message of a text and a predicate.
func about(text, predicate string) string {
	quoted := fmt.Sprintf("%q", text)
	if len(text) > shown {
		quoted = fmt.Sprintf("%q…", strings.ToValidUTF8(text[:shown], ""))
	}
	return quoted + " " + predicate
}

// NoPair says that a text is not an argument.
func NoPair(text string) string { return about(text, rules().Messages.Text) }

// names lists the arguments.
func names() string {
	var list []string
	for _, a := range rules().Arguments {
		list = append(list, a.Name)
	}
	return strings.Join(list, ", ")
}

// nearest returns the argument that was probably meant by a name that is none,
// or "".
func nearest(name string) string {
	name = strings.ToLower(name)
	best, least := "", 3
	for _, a := range rules().Arguments {
		for _, m := range a.Mistaken {
			if m == name {
				return a.Name
			}
		}
		if d := distance(name, a.Name); d < least && d < len(a.Name)-1 {
			best, least = a.Name, d
		}
	}
	return best
}

// distance is the number of bytes to insert, delete or replace to get from a
// to b. Long names are far from everything.
func distance(a, b string) int {
	if len(a) > 2*len(b) {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
