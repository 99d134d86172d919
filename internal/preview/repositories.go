package preview

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/cards"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/asked"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// maxCheckout bounds what is fetched of a repository that is to be run, in
// bytes, and one of its files.
const maxCheckout = 2 << 30

// errNotConfirmed means that nobody has agreed to run a repository's code.
var errNotConfirmed = errors.New("nobody confirmed that its code may run here")

// Repositories are what the hub of a preview launches and its page shows: work
// trees in place of the repositories that they will be pushed to, and others
// as they are published. Set the fields before use.
type Repositories struct {
	// Reader reads what is no work tree. The zero value's defaults apply.
	Reader repo.Reader
	// Confirm asks whether the code of a repository may run on this machine. An
	// error is a refusal. It is asked once for each repository, never for a
	// work tree. nil refuses all.
	Confirm func(ctx context.Context, address string) error

	mu        sync.Mutex
	trees     map[string]string // folders by key
	confirmed map[string]bool
	asking    sync.Mutex
	cards     map[string]*card.Card
}

// key is what addresses are compared by: forges do not tell capitals apart.
func key(a forge.Address) string { return strings.ToLower(a.URL) }

// Use makes a folder stand for a repository. It returns the folder that did before,
// "" for none.
func (r *Repositories) Use(a forge.Address, folder string) (before string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.trees == nil {
		r.trees = map[string]string{}
	}
	before = r.trees[key(a)]
	r.trees[key(a)] = folder
	return before
}

// workTree returns the folder that stands for a repository, or "".
func (r *Repositories) workTree(a forge.Address) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trees[key(a)]
}

// WorkTrees lists the folders that stand for repositories, in order.
func (r *Repositories) WorkTrees() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Compact(slices.Sorted(maps.Values(r.trees)))
}

// Card implements [card.Source]: a work tree's card is the one that its
// repository will have, but for the commit, which is not made yet.
func (r *Repositories) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	a, err := asked.Address(req)
	if err == nil {
		if folder := r.workTree(a); folder != "" {
			return TreeCard(ctx, folder, a, req)
		}
	}
	id := fmt.Sprintf("%q", []string{req.Repo, req.Ref, strings.Join(req.Files, "\n")})
	r.mu.Lock()
	c := r.cards[id]
	r.mu.Unlock()
	if c != nil {
		return c, nil
	}
	if c, err = (&cards.Live{Reader: &r.Reader}).Card(ctx, req); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cards == nil {
		r.cards = map[string]*card.Card{}
	}
	r.cards[id] = c
	return c, nil
}

// TreeCard makes the card of a folder that stands for a repository. Its launch
// path names the ref, since there is no commit.
func TreeCard(ctx context.Context, folder string, a forge.Address, req card.Request) (*card.Card, error) {
	report, err := cards.CheckFolder(ctx, folder, a, req.Files)
	if err != nil {
		return nil, err
	}
	c := report.Card()
	ref := req.Ref
	if ref == "" {
		ref = "HEAD"
	}
	c.Provider, c.Spec = binder.LaunchSpec(a, ref)
	return c, nil
}

// Checkout is a repository's files on this machine, to be launched from.
type Checkout struct {
	// Folder of the files. It is the author's own if WorkTree says so.
	Folder   string
	WorkTree bool
	// Commit is the full hash; for a work tree the ref that was asked for.
	Commit string
	// Remove removes the folder if it was made for this launch.
	Remove func()
}

// Open finds the files of a repository at a ref: a work tree's where they are,
// those of any other in a folder made below scratch, once it is confirmed that
// its code may run. The error is [errNotConfirmed] or a *[card.Error].
func (r *Repositories) Open(ctx context.Context, address, ref, scratch string) (*Checkout, error) {
	req := card.Request{Repo: address, Ref: ref}
	a, err := asked.Address(req)
	if err != nil {
		return nil, err
	}
	if folder := r.workTree(a); folder != "" {
		return &Checkout{Folder: folder, WorkTree: true, Commit: ref, Remove: func() {}}, nil
	}
	if err := r.confirm(ctx, a); err != nil {
		return nil, err
	}
	reader := r.Reader
	reader.MaxBytes, reader.MaxFileBytes = maxCheckout, maxCheckout
	tree, err := reader.Open(ctx, req)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	folder, err := os.MkdirTemp(scratch, "checkout-")
	if err != nil {
		return nil, err
	}
	if err := repo.Checkout(ctx, tree, folder, maxCheckout); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return &Checkout{Folder: folder, Commit: tree.Commit(), Remove: func() { os.RemoveAll(folder) }}, nil
}

// confirm asks for a repository, one question at a time.
func (r *Repositories) confirm(ctx context.Context, a forge.Address) error {
	r.asking.Lock()
	defer r.asking.Unlock()
	if r.confirmed[key(a)] {
		return nil
	}
	if r.Confirm == nil {
		return errNotConfirmed
	}
	if err := r.Confirm(ctx, a.URL); err != nil {
		return fmt.Errorf("%w: %w", errNotConfirmed, err)
	}
	if r.confirmed == nil {
		r.confirmed = map[string]bool{}
	}
	r.confirmed[key(a)] = true
	return nil
}
