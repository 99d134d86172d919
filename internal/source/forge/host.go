package forge

import (
	"fmt"
	"slices"
)

// ParseHost reads the name of a host, with a port if it is not the scheme's own,
// and returns it as [Address].Host has it. The error says what is valid.
func ParseHost(s string) (string, error) {
	if slices.Contains(PublicHosts(), s) {
		return s, nil
	}
	a, err := Parse("https://" + s + "/owner/name")
	if err != nil || a.Path != "owner/name" {
		return "", fmt.Errorf("%q is not a host; valid: a name such as git.example.org, with a port if it has one", s)
	}
	return a.Host, nil
}
