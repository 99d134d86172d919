package extension

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/page/gather"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// FolderOptions say what [Folder] does about cards that it has not.
type FolderOptions struct {
	// Source reads what is not in the folder. Without one nothing is read: builds
	// need no network, and a card that is missing is an error.
	Source card.Source

	// Update reads refs anew that have a card, and moves them to where they are
	// now. Where that fails the old card is given out. Otherwise a ref stays at the
	// commit at which it was read first.
	Update bool
}

// Folder is a source that keeps cards as files, to be committed like a lock file:
// one for each repository at a ref, in the layout that bokehbinder sync writes for a
// Hugo site, with a hash that tells whether a file is still what was written. It
// outlives the program. Put a [Cache] before it where many ask at once. [NewFolder]
// makes one.
type Folder struct {
	folder lockfile.Folder
	o      FolderOptions
	mu     sync.Mutex // one writes at a time
}

var _ card.Source = (*Folder)(nil)

// NewFolder returns a source over a folder, such as a Hugo site's assets/bokehbinder.
// It need not exist.
func NewFolder(dir string, o FolderOptions) (*Folder, error) {
	if dir == "" {
		return nil, errors.New("bokehbinder: NewFolder: there is no folder; valid: a path such as cards")
	}
	if o.Source == nil && o.Update {
		return nil, errors.New("bokehbinder: FolderOptions: Update without a Source; valid: a Source that reads, such as that of NewGit")
	}
	if o.Source != nil {
		o.Source = gather.Checked(o.Source)
	}
	return &Folder{folder: lockfile.Folder{Dir: dir}, o: o}, nil
}

// Card implements [card.Source].
func (f *Folder) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	url, err := req.URL()
	if err != nil {
		return nil, err
	}
	ref := or(req.Ref, "HEAD")
	e, err := f.folder.Read(url, ref)
	var damaged *lockfile.Damaged
	switch {
	case errors.As(err, &damaged):
		return nil, &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonSource, Message: damaged.Error(),
			Hint: "take the file back from git, or remove it and have it read anew", Err: err}
	case errors.Is(err, fs.ErrNotExist):
		return f.read(ctx, req, url, ref, ref, req.Files)
	case err != nil:
		return nil, &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonSource, Message: err.Error(), Err: err}
	}
	lacking := len(e.Lacking(req.Files)) > 0
	files := slices.Concat(e.Files, req.Files)
	switch {
	case f.o.Update && !forge.IsHash(strings.ToLower(ref)):
		if c, err := f.read(ctx, req, url, ref, ref, files); err == nil || lacking || ctx.Err() != nil {
			return c, err
		}
	case lacking:
		return f.read(ctx, req, url, ref, e.Commit(), files)
	}
	return e.Card, nil
}

// read reads a repository at a ref or commit, and keeps its card as that of the ref.
func (f *Folder) read(ctx context.Context, req card.Request, url, ref, at string, files []string) (*card.Card, error) {
	if f.o.Source == nil {
		message := fmt.Sprintf(doors.Say().NoCard, url, ref)
		if at != ref {
			message = fmt.Sprintf(doors.Say().NoFiles, url, ref, strings.Join(req.Files, ", "))
		}
		return nil, &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonNotFound, Message: message, Hint: "have it read once, and commit what that writes"}
	}
	files = slices.Compact(slices.Sorted(slices.Values(files)))
	c, err := gather.Ask(ctx, f.o.Source, card.Request{Repo: req.Repo, Ref: at, Files: files})
	if err != nil {
		return nil, err
	}
	if c.Commit == "" || c.Repo != url {
		return c, nil // a work tree's, which is another one soon
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	changed, err := f.folder.Write(&lockfile.Entry{Ref: ref, Files: files, Card: c})
	if err == nil && changed {
		err = f.folder.Changed()
	}
	if err != nil {
		return nil, &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonSource, Message: "its card cannot be kept: " + err.Error(),
			Hint: "check that the folder of cards can be written", Err: err}
	}
	return c, nil
}
