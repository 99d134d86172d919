package repo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// init makes the repository, empty, for hashes of a format.
func (g *git) init(ctx context.Context, format string) error {
	if g.format == format {
		return nil
	}
	g.format = format
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(g.dir, e.Name())); err != nil {
			return err
		}
	}
	return g.run(ctx, nil, nil, "init", "--quiet", "--bare", "--template=", "--object-format="+format)
}

// fetch fetches what the refspec names, at depth 1: its trees, and its files'
// content only if blobs is set or the server cannot leave them out.
func (g *git) fetch(ctx context.Context, refspec string, blobs bool) error {
	config := filepath.Join(g.dir, "config")
	before, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	args := append([]string{"fetch", "--quiet", "--depth=1"}, fetchOptions...)
	if !blobs {
		args = append(args, "--filter=blob:none")
	}
	fetchErr := g.ask(ctx, "", nil, func(url string) []string {
		return append(slices.Clip(args), "--", url, refspec)
	})
	// A filtered fetch makes the server a promisor: from then on commands fetch
	// missing objects one by one, and fetches filter. Only git 2.44 can be told
	// not to by GIT_NO_LAZY_FETCH.
	if err := os.WriteFile(config, before, 0o600); err != nil {
		return err
	}
	if !blobs && said(fetchErr, "filter 'blob:none' not supported") {
		return g.fetch(ctx, refspec, true)
	}
	return fetchErr
}

var fetchOptions = []string{"--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"}

// fetchObjects fetches objects by their hashes, all with one request.
func (g *git) fetchObjects(ctx context.Context, hashes []string) error {
	args := append([]string{"fetch", "--quiet", "--no-write-fetch-head", "--stdin"}, fetchOptions...)
	return g.ask(ctx, strings.Join(hashes, "\n")+"\n", nil, func(url string) []string {
		return append(slices.Clip(args), "--", url)
	})
}

// fetched returns the hash of what the last fetch got.
func (g *git) fetched() (string, error) {
	data, err := os.ReadFile(filepath.Join(g.dir, "FETCH_HEAD"))
	if err != nil {
		return "", err
	}
	hash, _, _ := strings.Cut(string(data), "\t")
	if !forge.IsHash(hash) {
		return "", fmt.Errorf("git fetched %q, which is not a hash", hash)
	}
	return hash, nil
}
