package repo

import (
	"context"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Origin returns the address of the repository that a folder was cloned from,
// or zero where git knows none. An address for ssh is turned into the one that
// browsers open.
func Origin(ctx context.Context, folder string) forge.Address {
	text := ask(ctx, folder, "config", "--get", "remote.origin.url")
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

// ask returns what git answers in a folder, "" where it has no answer.
func ask(ctx context.Context, folder string, args ...string) string {
	out, err := inFolder(ctx, folder, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// home is where the files of a folder come from. A folder within a repository is
// none that a hub could launch.
func home(ctx context.Context, folder string) Home {
	h := Home{Address: Origin(ctx, folder)}
	if h.Address.URL == "" || ask(ctx, folder, "rev-parse", "--show-prefix") != "" {
		return Home{}
	}
	h.Ref = ask(ctx, folder, "symbolic-ref", "--quiet", "--short", "HEAD")
	h.Default = strings.TrimPrefix(ask(ctx, folder, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"), "origin/")
	return h
}
