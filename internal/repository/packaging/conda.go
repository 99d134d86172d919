package packaging

import (
	"fmt"
	"regexp"
	"strings"
)

var condaCondition = regexp.MustCompile(`^(===|==|!=|>=|<=|~=|=|>|<)?\s*([0-9][^\s=*]*|\*)(\*)?(?:[\s=].*)?$`)

// CondaToPip writes a conda match specification as pip would have it: the name
// as it is, without its channel, and the conditions on the version, such as
// "==3.9.*,<4". Builds are left out, as pip knows none. It is an error where
// pip has no words for what is asked.
func CondaToPip(text string) (name, conditions string, err error) {
	text, _, _ = strings.Cut(text, " #")
	text = strings.TrimSpace(text)
	m := condaForm.FindStringSubmatch(text)
	switch {
	case m == nil:
		return "", "", fmt.Errorf("%q is not a conda package", text)
	case strings.Contains(text, "["):
		return m[1], "", fmt.Errorf("%q has conditions in brackets, which pip does not have", text)
	case strings.Contains(text, "|"):
		return m[1], "", fmt.Errorf("%q has conditions of which one is to be met, which pip does not have", text)
	}
	var out []string
	for part := range strings.SplitSeq(strings.TrimSpace(m[2]), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		condition, err := condaToPip(part)
		if err != nil {
			return m[1], "", fmt.Errorf("%q: %w", text, err)
		}
		if condition != "" {
			out = append(out, condition)
		}
	}
	return m[1], strings.Join(out, ","), nil
}

// condaToPip writes one condition.
func condaToPip(text string) (string, error) {
	m := condaCondition.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("%q is not a condition on a version", text)
	}
	op, number, star := m[1], m[2], m[3] != ""
	if number == "*" {
		return "", nil
	}
	if star {
		number = strings.TrimSuffix(number, ".")
	}
	version, err := ParseVersion(number)
	if err != nil {
		return "", err
	}
	switch {
	case op == "=" && !version.Pre, (op == "" || op == "==") && star:
		return "==" + number + ".*", nil
	case op == "" || op == "=":
		return "==" + number, nil
	case op == "!=" && star:
		return "!=" + number + ".*", nil
	}
	return op + number, nil
}
