package repo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// remoteTree is a commit of a repository on a server.
type remoteTree struct {
	address      forge.Address
	dir          *scratch.Dir
	git          *git
	failures     *failures
	maxFileBytes int64

	ref    string // as it was asked for
	commit string
	date   time.Time
	files  []File
}

var _ Tree = (*remoteTree)(nil)

func (t *remoteTree) Address() forge.Address { return t.address }
func (t *remoteTree) Name() string           { return t.address.URL }
func (t *remoteTree) Commit() string         { return t.commit }
func (t *remoteTree) Date() time.Time        { return t.date }
func (t *remoteTree) Files() []File          { return t.files }
func (t *remoteTree) Close() error           { return t.dir.Remove() }

// Home implements [Tree]. Which branch is the default one costs a request more,
// and is not asked.
func (t *remoteTree) Home(context.Context) Home {
	h := Home{Address: t.address}
	if ref := strings.TrimPrefix(t.ref, "refs/"); ref != "HEAD" && !forge.IsHash(strings.ToLower(ref)) {
		h.Ref = strings.TrimPrefix(strings.TrimPrefix(ref, "heads/"), "tags/")
	}
	return h
}

// open fetches the commit that the ref names and lists its tree.
func (t *remoteTree) open(ctx context.Context, ref string) error {
	t.ref = ref
	hash, err := t.fetchCommit(ctx, ref)
	if err != nil {
		return err
	}
	if t.commit, t.date, err = t.git.commit(ctx, hash); err != nil {
		return err
	}
	t.files, err = t.git.listTree(ctx, t.commit, t.failures.maxFiles)
	return err
}

// fetchCommit fetches what the ref names and returns its hash. A commit's
// hash, a full name and the default branch are fetched without asking which
// refs there are.
func (t *remoteTree) fetchCommit(ctx context.Context, ref string) (string, error) {
	switch {
	case ref == "" || ref == "HEAD":
		return t.fetchName(ctx, "HEAD")
	case strings.HasPrefix(ref, "refs/"):
		return t.fetchName(ctx, ref)
	case forge.IsHash(strings.ToLower(ref)):
		hash := strings.ToLower(ref)
		return hash, t.fetchHash(ctx, hash)
	}
	if err := t.git.init(ctx, "sha1"); err != nil {
		return "", err
	}
	refs, err := t.git.listRefs(ctx)
	if err != nil {
		return "", err
	}
	hash, ok := refs.find(ref)
	if !ok {
		return "", refs.unknown(ref, nil)
	}
	return hash, t.fetchHash(ctx, hash)
}

// fetchName fetches a ref by its full name and returns its hash.
func (t *remoteTree) fetchName(ctx context.Context, name string) (string, error) {
	if err := t.git.init(ctx, "sha1"); err != nil {
		return "", err
	}
	err := t.git.fetch(ctx, name, false)
	if said(err, "mismatched algorithms", "does not support this repository's object format") {
		if err := t.git.init(ctx, "sha256"); err != nil {
			return "", err
		}
		err = t.git.fetch(ctx, name, false)
	}
	if said(err, "couldn't find remote ref") {
		refs, e := t.git.listRefs(ctx)
		if e != nil {
			return "", e
		}
		return "", refs.unknown(name, err)
	}
	if err != nil {
		return "", err
	}
	return t.git.fetched()
}

// fetchHash fetches an object by its hash.
func (t *remoteTree) fetchHash(ctx context.Context, hash string) error {
	format := "sha1"
	if len(hash) == 64 {
		format = "sha256"
	}
	if err := t.git.init(ctx, format); err != nil {
		return err
	}
	err := t.git.fetch(ctx, hash, false)
	switch {
	case said(err, "not our ref", "couldn't find remote ref", "mismatched algorithms"):
		return &refError{reason: card.ReasonRef, message: fmt.Sprintf("there is no commit %s", hash),
			hint: "check the hash; a commit that was never pushed or no longer belongs to a branch may be gone", err: err}
	case said(err, "unadvertised object"):
		return &refError{reason: card.ReasonRef, message: fmt.Sprintf("the server does not give out the commit %s", hash),
			hint: "check the hash; this server gives out only what a branch or a tag names, so name one", err: err}
	}
	return err
}

// Read implements [Tree].
func (t *remoteTree) Read(ctx context.Context, paths []string) (map[string]Blob, error) {
	t.failures.reading = true
	hashOf := map[string]string{}
	var hashes []string
	for _, path := range paths {
		i := sort.Search(len(t.files), func(i int) bool { return t.files[i].Path >= path })
		if i == len(t.files) || t.files[i].Path != path || t.files[i].Mode == ModeSubmodule {
			continue
		}
		hashOf[path] = t.files[i].Hash
		hashes = append(hashes, t.files[i].Hash)
	}
	slices.Sort(hashes)
	blobs, err := t.blobs(ctx, slices.Compact(hashes))
	if err != nil {
		return nil, t.failures.of(ctx, err)
	}
	out := make(map[string]Blob, len(hashOf))
	for path, hash := range hashOf {
		out[path] = blobs[hash]
	}
	return out, nil
}

// blobs returns the content of objects by their hashes. What is not there yet
// is fetched at once.
func (t *remoteTree) blobs(ctx context.Context, hashes []string) (map[string]Blob, error) {
	got := map[string]Blob{}
	missing, err := t.git.readBlobs(ctx, hashes, t.maxFileBytes, got)
	if err != nil || len(missing) == 0 {
		return got, err
	}
	err = t.git.fetchObjects(ctx, missing)
	if said(err, "unadvertised object", "not our ref") {
		// A server of the old protocol gives out no single files.
		if err = t.git.fetch(ctx, t.commit, true); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	missing, err = t.git.readBlobs(ctx, missing, t.maxFileBytes, got)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("%w: %d of the wanted files did not come", errIncomplete, len(missing))
	}
	return got, err
}

// errIncomplete says that the server left out what it was asked for.
var errIncomplete = errors.New("the server's answer is incomplete")
