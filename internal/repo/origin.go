package repo

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/forge"
)

// Origin returns the address of the repository that a folder was cloned from,
// or zero where git knows none. An address for ssh is turned into the one that
// browsers open.
func Origin(ctx context.Context, folder string) forge.Address {
	cmd := exec.CommandContext(ctx, "git", "config", "--get", "remote.origin.url")
	cmd.Dir, cmd.Env = folder, environment(os.Environ())
	out, err := cmd.Output()
	if err != nil {
		return forge.Address{}
	}
	text := strings.TrimSpace(string(out))
	if rest, ok := strings.CutPrefix(text, "git@"); ok {
		text = "https://" + strings.Replace(rest, ":", "/", 1)
	} else if rest, ok := strings.CutPrefix(text, "ssh://git@"); ok {
		text = "https://" + rest
	}
	address, err := forge.Parse(text)
	if err != nil {
		return forge.Address{}
	}
	return address
}
