package packaging

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
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
	// Marker is the condition on the environment, as it is written.
	Marker string

	marker *Marker
}

// In says whether a requirement counts in an environment.
func (r *Requirement) In(e Variables) truth.Value { return r.marker.Eval(e) }

var (
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?`)
	separators = regexp.MustCompile(`[-_.]+`)
)

// Normalize writes a package's name as indexes compare it.
func Normalize(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// ParseRequirement reads one requirement as the packaging rules (PEP 508) have
// it, as strictly as pip 25.2 does.
func ParseRequirement(text string) (Requirement, error) {
	text = strings.TrimLeft(text, " \t")
	name := nameForm.FindString(text)
	if name == "" {
		return Requirement{}, fmt.Errorf("%q does not begin with a package's name", text)
	}
	r := Requirement{Name: Normalize(name)}
	rest, err := r.extras(strings.TrimLeft(text[len(name):], " \t"))
	if err != nil {
		return Requirement{}, err
	}
	rest = strings.TrimLeft(rest, " \t")
	if address, ok := strings.CutPrefix(rest, "@"); ok {
		rest, err = r.address(strings.TrimLeft(address, " \t"))
	} else {
		rest, err = r.versions(rest)
	}
	if err != nil {
		return Requirement{}, err
	}
	if rest = strings.TrimLeft(rest, " \t"); rest == "" {
		return r, nil
	}
	marker, ok := strings.CutPrefix(rest, ";")
	if !ok {
		return Requirement{}, wrongAfter(rest)
	}
	if strings.TrimSpace(marker) == "" {
		return Requirement{}, errors.New("no condition follows the semicolon")
	}
	r.Marker = strings.TrimSpace(marker)
	r.marker, err = parseMarker(marker)
	return r, err
}

// wrongAfter says what is wrong with what follows a requirement.
func wrongAfter(rest string) error {
	err := fmt.Errorf("%q is not a condition on a version", rest)
	if strings.IndexAny(rest, "<>!~") == 0 || strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "+") || strings.HasPrefix(rest, "-") {
		return &LegacyError{err}
	}
	return err
}

var extraForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$`)

// extras reads the list of extras, and returns what follows it.
func (r *Requirement) extras(text string) (rest string, err error) {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok {
		return text, nil
	}
	inner, rest, ok = strings.Cut(inner, "]")
	if !ok {
		return "", fmt.Errorf("the list of extras %q is not closed", text)
	}
	if strings.Trim(inner, " \t") == "" {
		return rest, nil
	}
	for extra := range strings.SplitSeq(inner, ",") {
		if extra = strings.Trim(extra, " \t"); !extraForm.MatchString(extra) {
			return "", fmt.Errorf("%q is not the name of an extra", extra)
		}
		r.Extras = append(r.Extras, Normalize(extra))
	}
	return rest, nil
}

// address reads where a package is taken from.
func (r *Requirement) address(text string) (rest string, err error) {
	cut := strings.IndexAny(text, " \t")
	if cut < 0 {
		cut = len(text)
	}
	if r.URL = text[:cut]; r.URL == "" {
		return "", errors.New("no address follows the @")
	}
	return text[cut:], nil
}

// versions reads the conditions on the version.
func (r *Requirement) versions(text string) (rest string, err error) {
	inner, bracket := strings.CutPrefix(text, "(")
	inner = strings.TrimLeft(inner, " \t")
	for {
		s, length, err := scanSpecifier(inner)
		if err != nil {
			return "", err
		}
		if length == 0 {
			break
		}
		r.Specs = append(r.Specs, s)
		inner = strings.TrimLeft(inner[length:], " \t")
		next, more := strings.CutPrefix(inner, ",")
		if !more {
			break
		}
		inner = strings.TrimLeft(next, " \t")
	}
	if bracket {
		closed, ok := strings.CutPrefix(inner, ")")
		if !ok {
			return "", fmt.Errorf("the list of versions %q is not closed", text)
		}
		return closed, nil
	}
	return inner, nil
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
		return Specifier{Op: "==", Version: v, Prefix: star || m[1] == "="}, true
	}
	return Specifier{Op: m[1], Version: v, Prefix: star}, true
}
