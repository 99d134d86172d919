package packaging

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Version is a released version: its numbers, and whether it is a pre-release.
// Its local part and post-releases are left out.
type Version struct {
	Release []int
	Pre     bool
}

var versionForm = regexp.MustCompile(`^v?(?:\d+!)?(\d+(?:\.\d+)*)([-_.]?(?:a|b|c|rc|alpha|beta|pre|preview|dev)[-_.]?\d*)?(?:(?:[-_.]?(?:post|rev|r)|-)[-_.]?\d*)?([-_.]?dev\d*)?(?:\+[a-z0-9.]+)?$`)

// ParseVersion reads a version.
func ParseVersion(text string) (Version, error) {
	m := versionForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil {
		return Version{}, fmt.Errorf("%q is not a version", text)
	}
	v := Version{Pre: m[2] != "" || m[3] != ""}
	for part := range strings.SplitSeq(m[1], ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return Version{}, fmt.Errorf("%q is not a version", text)
		}
		v.Release = append(v.Release, n)
	}
	return v, nil
}

// String writes the numbers.
func (v Version) String() string {
	parts := make([]string, len(v.Release))
	for i, n := range v.Release {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

// at returns a number of a version; those that are not written are 0.
func (v Version) at(i int) int {
	if i < len(v.Release) {
		return v.Release[i]
	}
	return 0
}

// Compare orders versions: a pre-release stands before its release.
func (v Version) Compare(w Version) int {
	for i := range max(len(v.Release), len(w.Release)) {
		if c := cmp.Compare(v.at(i), w.at(i)); c != 0 {
			return c
		}
	}
	switch {
	case v.Pre && !w.Pre:
		return -1
	case w.Pre && !v.Pre:
		return 1
	}
	return 0
}

// within says whether a version begins with the numbers of another.
func (v Version) within(prefix Version) bool {
	for i, n := range prefix.Release {
		if v.at(i) != n {
			return false
		}
	}
	return true
}

// Specifier is one condition on a version, such as ">=3.1".
type Specifier struct {
	Op      string // one of == != >= <= > < ~= ===
	Version Version
	Prefix  bool // of "==3.1.*"
	Local   bool // of "==1.8+cpu"
}

// Allows says whether a version meets the condition.
func (s Specifier) Allows(v Version) bool {
	c := v.Compare(s.Version)
	switch s.Op {
	case "==", "===":
		return s.Prefix && v.within(s.Version) || c == 0
	case "!=":
		return !(s.Prefix && v.within(s.Version)) && c != 0
	case ">=":
		return c >= 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case "<":
		return c < 0
	}
	short := Version{Release: s.Version.Release[:max(len(s.Version.Release)-1, 0)]}
	return c >= 0 && v.within(short)
}

// Specifiers are conditions that must all be met.
type Specifiers []Specifier

// Allow says whether a version meets all of the conditions.
func (s Specifiers) Allow(v Version) bool {
	return !slices.ContainsFunc(s, func(one Specifier) bool { return !one.Allows(v) })
}

// Local says whether they allow only what no public index has: a version with a label of
// somebody's own.
func (s Specifiers) Local() bool {
	return slices.ContainsFunc(s, func(one Specifier) bool { return one.Op == "==" && one.Local })
}

// The forms of versions that conditions take, which differ by their signs.
const (
	releaseForm = `\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)`
	preForm     = `(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?[0-9]*)?`
	postForm    = `(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?`
	devForm     = `(?:[-_.]?dev[-_.]?[0-9]*)?`
	localForm   = `(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?`
)

var specifierForms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(~=)(` + releaseForm + `+` + preForm + postForm + devForm + `)`),
	regexp.MustCompile(`(?i)^(==|!=)(` + releaseForm + `*(?:\.\*|` + preForm + postForm + devForm + localForm + `))`),
	regexp.MustCompile(`(?i)^(<=|>=|<|>)(` + releaseForm + `*` + preForm + postForm + devForm + `)`),
	regexp.MustCompile(`^(===)(\s*[^\s;)]*)`),
}

// scanSpecifier reads the condition that a text begins with, and returns its
// length, which is 0 where there is none.
func scanSpecifier(text string) (Specifier, int, error) {
	for _, f := range specifierForms {
		m := f.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if rest := text[len(m[0]):]; strings.HasPrefix(rest, ".*") {
			return Specifier{}, 0, &LegacyError{fmt.Errorf("%q: .* goes with == and != alone", m[0]+".*")}
		}
		s := Specifier{Op: m[1]}
		number, prefix := strings.CutSuffix(strings.TrimSpace(m[2]), ".*")
		s.Prefix = prefix && s.Op != "==="
		s.Local = strings.Contains(number, "+")
		var err error
		if s.Version, err = ParseVersion(number); err != nil && s.Op != "===" {
			return Specifier{}, 0, err
		}
		return s, len(m[0]), nil
	}
	return Specifier{}, 0, nil
}

// parseSpecifier reads one condition and nothing else.
func parseSpecifier(text string) (Specifier, error) {
	s, length, err := scanSpecifier(text)
	if err == nil && (length == 0 || strings.TrimSpace(text[length:]) != "") {
		err = &LegacyError{fmt.Errorf("%q is not a condition on a version", text)}
	}
	return s, err
}

// ParseSpecifiers reads conditions with commas between them.
func ParseSpecifiers(text string) (Specifiers, error) {
	var out Specifiers
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		s, err := parseSpecifier(part)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
