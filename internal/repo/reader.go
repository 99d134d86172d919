package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/forge"
)

// The defaults of a [Reader]'s limits.
const (
	DefaultTimeout      = 60 * time.Second
	DefaultMaxBytes     = 64 << 20
	DefaultMaxFiles     = 500_000
	DefaultMaxFileBytes = 1 << 20
)

// Reader opens repositories. Its zero value works and may be used by several
// goroutines at once.
type Reader struct {
	// Git is the git command. The default is "git".
	Git string
	// AllowedHosts may be read besides the public forges, each as
	// forge.Address.Host has it, so with a port that is not the usual one.
	AllowedHosts []string
	// Timeout is how long git may take for one repository, all its commands
	// together. The default is [DefaultTimeout].
	Timeout time.Duration
	// MaxBytes is how much may come from a server for one repository. The
	// default is [DefaultMaxBytes].
	MaxBytes int64
	// MaxFiles is how many files a repository may have. The default is
	// [DefaultMaxFiles].
	MaxFiles int
	// MaxFileBytes is how much of one file is kept. The default is
	// [DefaultMaxFileBytes].
	MaxFileBytes int64
}

// Open opens the repository at an address as its author wrote it, at a branch,
// a tag or a full commit; an empty ref or "HEAD" is the default branch. The
// error is a *[card.Error]. The caller closes the tree.
func (r *Reader) Open(ctx context.Context, address, ref string) (Tree, error) {
	a, err := r.check(address, ref)
	if err != nil {
		return nil, err
	}
	f := &failures{
		address: a, repo: address, ref: ref, timeout: or(r.Timeout, DefaultTimeout),
		maxBytes: or(r.MaxBytes, DefaultMaxBytes), maxFiles: or(r.MaxFiles, DefaultMaxFiles),
	}
	dir, err := os.MkdirTemp("", "bokehbinder-")
	if err == nil {
		dir, err = filepath.Abs(dir) // $TMPDIR may be relative, and git runs in dir
	}
	if err != nil {
		return nil, f.of(ctx, err)
	}
	t := &remoteTree{
		address: a, failures: f, maxFileBytes: or(r.MaxFileBytes, DefaultMaxFileBytes),
		git: &git{command: or(r.Git, "git"), dir: dir, url: a.FetchURL(), left: f.timeout, maxBytes: f.maxBytes},
	}
	if err := t.open(ctx, ref); err != nil {
		t.Close()
		return nil, f.of(ctx, err)
	}
	return t, nil
}

// check refuses what must not reach git.
func (r *Reader) check(address, ref string) (forge.Address, error) {
	a, err := forge.Parse(address)
	if err != nil {
		e := &card.Error{Repo: address, Ref: ref, Reason: card.ReasonAddress, Message: err.Error()}
		var fe *forge.Error
		if errors.As(err, &fe) {
			e.Message, e.Hint = fe.Message, fe.Hint
		}
		return a, e
	}
	if !a.Public() && !slices.ContainsFunc(r.AllowedHosts, func(h string) bool { return strings.EqualFold(h, a.Host) }) {
		return a, &card.Error{
			Repo: address, Ref: ref, Reason: card.ReasonHost,
			Message: fmt.Sprintf("the host %s may not be read", a.Host),
			Hint: fmt.Sprintf("allow it with --allow-host %s; without it only %s are read",
				a.Host, strings.Join(forge.PublicHosts(), ", ")),
		}
	}
	if why := badRef(ref); why != "" {
		return a, &card.Error{
			Repo: address, Ref: ref, Reason: card.ReasonRef,
			Message: fmt.Sprintf("%q is not the name of a branch, a tag or a commit: %s", ref[:min(len(ref), 60)], why),
			Hint:    "name a branch, a tag or a full commit",
		}
	}
	return a, nil
}

// or returns v, or its default where v is zero or less.
func or[T int | int64 | time.Duration | string](v, def T) T {
	var zero T
	if v <= zero {
		return def
	}
	return v
}
