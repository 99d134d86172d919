//go:build !unix

package repo

import "os/exec"

// ownGroup does nothing where there are no process groups: a kill reaches git,
// whose helpers end when their pipes break.
func ownGroup(*exec.Cmd) {}
