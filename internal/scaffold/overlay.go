package scaffold

import (
	"context"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// overlay is a tree with changes that are not written yet.
type overlay struct {
	repo.Tree
	// texts are the files that were changed or made; nil for one that goes.
	texts map[string]*string
	// names are the paths by which those were reached that are behind symbolic
	// links.
	names map[string]string
}

func newOverlay(t repo.Tree) *overlay {
	return &overlay{t, map[string]*string{}, map[string]string{}}
}

var _ repo.Tree = (*overlay)(nil)

// Files implements [repo.Tree].
func (o *overlay) Files() []repo.File {
	var out []repo.File
	seen := map[string]bool{}
	for _, f := range o.Tree.Files() {
		text, changed := o.texts[f.Path]
		seen[f.Path] = true
		if changed && text == nil {
			continue
		}
		if changed {
			f.Size = int64(len(*text))
		}
		out = append(out, f)
	}
	for p, text := range o.texts {
		if text != nil && !seen[p] {
			out = append(out, repo.File{Path: p, Mode: repo.ModeFile, Size: int64(len(*text))})
		}
	}
	slices.SortFunc(out, func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Read implements [repo.Tree].
func (o *overlay) Read(ctx context.Context, paths []string) (map[string]repo.Blob, error) {
	var rest []string
	for _, p := range paths {
		if _, ok := o.texts[p]; !ok {
			rest = append(rest, p)
		}
	}
	out, err := o.Tree.Read(ctx, rest)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		if text := o.texts[p]; text != nil {
			out[p] = repo.Blob{Data: []byte(*text), Size: int64(len(*text))}
		}
	}
	return out, nil
}

// edits lists what the overlay changes, by path.
func (o *overlay) edits(ctx context.Context) ([]rewrite.Edit, error) {
	var paths []string
	for p := range o.texts {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	old, err := o.Tree.Read(ctx, paths)
	if err != nil {
		return nil, err
	}
	var out []rewrite.Edit
	for _, p := range paths {
		e := rewrite.Edit{Path: p, Name: o.names[p], New: o.texts[p]}
		if blob, ok := old[p]; ok {
			text := string(blob.Data)
			e.Old = &text
		}
		if e.New != nil {
			e.Executable = strings.HasPrefix(*e.New, "#!")
		}
		if e.Old == nil && e.New == nil || e.Old != nil && e.New != nil && *e.Old == *e.New {
			continue
		}
		out = append(out, e)
	}
	return out, nil
}
