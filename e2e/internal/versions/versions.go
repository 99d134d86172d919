// Package versions asks programs which version they are, for the pages that tell with
// what something was tried.
package versions

import (
	"os/exec"
	"strings"
)

// Of is what a program says of itself, without when it was built; "an unknown" one where
// it does not run.
func Of(program string, args ...string) string {
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		return "an unknown " + program
	}
	name, _, _ := strings.Cut(strings.TrimSpace(string(out)), " built ")
	return name
}
