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

var specifierForm = regexp.MustCompile(`^(===|==|!=|>=|<=|~=|>|<)\s*([^\s,;]+)$`)

// ParseSpecifiers reads conditions with commas between them.
func ParseSpecifiers(text string) (Specifiers, error) {
	var out Specifiers
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		m := specifierForm.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("%q is not a condition on a version", part)
		}
		s := Specifier{Op: m[1]}
		number, prefix := strings.CutSuffix(m[2], ".*")
		s.Prefix = prefix
		if prefix && s.Op != "==" && s.Op != "!=" {
			return nil, fmt.Errorf("%q: .* goes with == and != alone", part)
		}
		var err error
		if s.Version, err = ParseVersion(number); err != nil {
			return nil, err
		}
		if s.Op == "~=" && len(s.Version.Release) < 2 {
			return nil, fmt.Errorf("%q: ~= needs two numbers", part)
		}
		out = append(out, s)
	}
	return out, nil
}
