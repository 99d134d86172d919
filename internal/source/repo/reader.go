package repo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
	"github.com/bokehbinder/bokehbinder/internal/source/asked"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// The defaults of a [Reader]'s limits.
const (
	defaultTimeout      = 60 * time.Second
	defaultMaxBytes     = 64 << 20
	defaultMaxMemory    = 512 << 20
	defaultMaxFiles     = 500_000
	DefaultMaxFileBytes = 1 << 20
)

// Reader opens repositories. Its zero value works and may be used by several
// goroutines at once.
type Reader struct {
	// Git is the git command. The default is "git".
	Git string
	// TempDir is the folder below which a folder is made for each repository.
	// The default is that of the system.
	TempDir string
	// AllowedHosts may be read besides the public forges, each as
	// forge.Address.Host has it, so with a port that is not the usual one.
	AllowedHosts []string
	// Timeout is how long git may take for one repository, all its commands
	// together. The default is defaultTimeout.
	Timeout time.Duration
	// MaxBytes is how much may come from a server for one repository. The
	// default is defaultMaxBytes.
	MaxBytes int64
	// MaxFiles is how many files a repository may have. The default is
	// defaultMaxFiles.
	MaxFiles int
	// MaxFileBytes is how much of one file is kept. The default is
	// [DefaultMaxFileBytes].
	MaxFileBytes int64
	// MaxMemory is how much memory, in bytes, each of git's processes may take: of address
	// space where the system bounds it, on Linux, and everywhere at once. git holds whole
	// objects in memory, and one that is small in a pack may be large. The default is defaultMaxMemory, and
	// MaxBytes beside it.
	MaxMemory int64
}

// Open opens the repository of a request, at its ref. The error is a
// *[card.Error]. The caller closes the tree.
func (r *Reader) Open(ctx context.Context, req card.Request) (Tree, error) {
	a, err := r.check(req)
	if err != nil {
		return nil, err
	}
	address, ref := req.Repo, req.Ref
	f := &failures{
		address: a, repo: address, ref: ref, timeout: or(r.Timeout, defaultTimeout),
		maxBytes: or(r.MaxBytes, defaultMaxBytes), maxMemory: or(r.MaxMemory, defaultMaxMemory+or(r.MaxBytes, defaultMaxBytes)), maxFiles: or(r.MaxFiles, defaultMaxFiles),
	}
	dir, err := scratch.New(r.TempDir, "read")
	if err != nil {
		return nil, f.of(ctx, err)
	}
	t := &remoteTree{
		address: a, dir: dir, failures: f, maxFileBytes: or(r.MaxFileBytes, DefaultMaxFileBytes),
		git: &git{command: or(r.Git, "git"), dir: dir.Path, url: a.FetchURL(), host: a.Host, mayRead: r.mayRead, left: f.timeout, maxBytes: f.maxBytes, maxMemory: f.maxMemory},
	}
	if err := t.open(ctx, ref); err != nil {
		t.Close()
		return nil, f.of(ctx, err)
	}
	return t, nil
}

// allows says whether an address is on a public forge or on a host that is allowed.
func (r *Reader) allows(a forge.Address) bool {
	return a.Public() || slices.ContainsFunc(r.AllowedHosts, func(h string) bool { return strings.EqualFold(h, a.Host) })
}

// mayRead says so of a host, with its port if it has one.
func (r *Reader) mayRead(host string) bool {
	a, err := forge.Parse("https://" + host + "/owner/name")
	return err == nil && r.allows(a)
}

// check refuses what must not reach git.
func (r *Reader) check(req card.Request) (forge.Address, error) {
	address, ref := req.Repo, req.Ref
	a, err := asked.Address(req)
	if err != nil {
		return a, err
	}
	if !r.allows(a) {
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
