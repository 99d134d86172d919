package packaging

import (
	"fmt"
	"regexp"
	"strings"
)

// Requirement asks for one package.
type Requirement struct {
	// Name is normalized: lower case, with "-" for each run of "-", "_", ".".
	Name string
	// Specs are the conditions on its version; none where any will do.
	Specs Specifiers
	// URL is where it is taken from, where that is not the index.
	URL string
	// Extras are optional parts that are asked for, too.
	Extras []string
	// Marker is the condition on the environment, not evaluated.
	Marker string
}

var (
	nameForm        = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?`)
	separators      = regexp.MustCompile(`[-_.]+`)
	extrasForm      = regexp.MustCompile(`^\[([A-Za-z0-9._, -]*)\]`)
	requirementHash = regexp.MustCompile(`\s--?[a-z-]+[= ].*$`)
)

// Normalize writes a package's name as indexes compare it.
func Normalize(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// ParseRequirement reads one requirement as PEP 508 has it.
func ParseRequirement(text string) (Requirement, error) {
	text = strings.TrimSpace(requirementHash.ReplaceAllString(text, ""))
	name := nameForm.FindString(text)
	if name == "" {
		return Requirement{}, fmt.Errorf("%q does not begin with a package's name", text)
	}
	r := Requirement{Name: Normalize(name)}
	rest := strings.TrimSpace(text[len(name):])
	if m := extrasForm.FindStringSubmatch(rest); m != nil {
		for extra := range strings.SplitSeq(m[1], ",") {
			r.Extras = append(r.Extras, Normalize(strings.TrimSpace(extra)))
		}
		rest = strings.TrimSpace(rest[len(m[0]):])
	}
	if address, ok := strings.CutPrefix(rest, "@"); ok {
		r.URL, r.Marker, _ = strings.Cut(strings.TrimSpace(address), " ;")
		return r, nil
	}
	rest, r.Marker, _ = strings.Cut(rest, ";")
	rest = strings.TrimSpace(rest)
	if inner, ok := strings.CutPrefix(rest, "("); ok {
		rest = strings.TrimSuffix(inner, ")")
	}
	var err error
	if r.Specs, err = ParseSpecifiers(rest); err != nil {
		return Requirement{}, err
	}
	return r, nil
}

var condaForm = regexp.MustCompile(`^(?:[^\s:]+::)?([A-Za-z0-9._-]+?)\s*(?:\[.*\])?\s*(?:([=<>!~ ].*))?$`)

// ParseConda reads a conda match specification: "bokeh", "bokeh=3.9",
// "conda-forge::bokeh >=3.1,<4", "bokeh 3.9.* py311_0". Conditions with "|"
// are taken for none.
func ParseConda(text string) (Requirement, error) {
	text, _, _ = strings.Cut(text, " #")
	m := condaForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return Requirement{}, fmt.Errorf("%q is not a conda package", text)
	}
	r := Requirement{Name: Normalize(m[1])}
	version := strings.TrimSpace(m[2])
	if version == "" || strings.Contains(version, "|") {
		return r, nil
	}
	for part := range strings.SplitSeq(strings.ReplaceAll(version, ", ", ","), ",") {
		if s, ok := condaSpecifier(strings.TrimSpace(part)); ok {
			r.Specs = append(r.Specs, s)
		}
	}
	return r, nil
}

var condaVersion = regexp.MustCompile(`^(===|==|!=|>=|<=|~=|=|>|<)?\s*([0-9][^\s=]*|\*)`)

// condaSpecifier reads one condition of conda's: a single "=" means all
// versions that begin so, and no sign the version itself.
func condaSpecifier(text string) (Specifier, bool) {
	m := condaVersion.FindStringSubmatch(text)
	if m == nil || m[2] == "*" {
		return Specifier{}, false
	}
	number, star := strings.CutSuffix(strings.TrimSuffix(m[2], "*"), ".")
	star = star || strings.HasSuffix(m[2], "*")
	v, err := ParseVersion(number)
	if err != nil {
		return Specifier{}, false
	}
	switch m[1] {
	case "", "=":
		return Specifier{"==", v, star || m[1] == "="}, true
	}
	return Specifier{m[1], v, star}, true
}
