package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/scaffold"
)

// editing changes the files of a folder: it checks all, then prints what will
// become of each file, then writes, and says what was written.
type editing struct {
	*Program
	dir    string
	dryRun bool
	// fresh says that the folder is not there yet.
	fresh bool
	// tell, if any, prints what comes first.
	tell func()
}

func (w *editing) make(edits []rewrite.Edit) (err error) {
	check := rewrite.Check
	if w.fresh {
		check = rewrite.CheckNew
	}
	plan, err := check(w.dir, edits)
	if err != nil {
		return w.refused(err)
	}
	defer func() {
		if e := plan.Close(); err == nil && e != nil {
			err = failFile(w.dir, e, "")
		}
	}()
	if !w.dryRun {
		if err := plan.Stage(); err != nil {
			return w.refused(err)
		}
	}
	if w.tell != nil {
		w.tell()
	}
	for _, e := range edits {
		w.printDiff(e)
	}
	if len(edits) > 0 {
		fmt.Fprintln(w.Stdout)
	}
	made := edits
	if !w.dryRun {
		made, err = plan.Apply()
	}
	for _, e := range made {
		fmt.Fprintf(w.Stdout, "%s %s\n", w.deed(e), w.name(e.Path))
	}
	if err != nil {
		return w.refused(err)
	}
	return nil
}

// name is the path of a file from where the user is.
func (w *editing) name(path string) string { return filepath.Join(w.dir, filepath.FromSlash(path)) }

// deed says what was done to a file, or what would be.
func (w *editing) deed(e rewrite.Edit) string {
	words := [2]string{"changed", "would change"}
	switch {
	case e.New == nil:
		words = [2]string{"deleted", "would delete"}
	case e.Old == nil:
		words = [2]string{"wrote", "would write"}
	}
	if w.dryRun {
		return words[1]
	}
	return words[0]
}

// printDiff shows what will become of a file.
func (w *editing) printDiff(e rewrite.Edit) {
	if e.New == nil {
		return // all of it goes
	}
	old := ""
	if e.Old != nil {
		old = *e.Old
	}
	fmt.Fprintf(w.Stdout, "\n%s\n", w.name(e.Path))
	for _, line := range scaffold.DiffLines(old, *e.New) {
		fmt.Fprintf(w.Stdout, "  %s\n", line)
	}
}

// refused makes a failure of edits that cannot be made.
func (w *editing) refused(err error) error {
	var refused rewrite.Refused
	if !errors.As(err, &refused) {
		return failFile(w.dir, err, "")
	}
	out := &failure{}
	for _, r := range refused {
		err := plain(r.Err)
		out.problems = append(out.problems, problem{Where: w.name(r.Path), Err: err, Hint: editHint(err)})
	}
	return out
}

// editHint says what to do where an edit cannot be made.
func editHint(err error) string {
	var link *rewrite.LinkError
	switch {
	case errors.As(err, &link):
		return "replace the link by what it leads to, or by one that stays in the folder"
	case errors.Is(err, rewrite.ErrUnread):
		return "let git see it, or delete it"
	case errors.Is(err, rewrite.ErrChanged):
		return "run the command again"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "choose a folder that you may write to"
	case errors.Is(err, syscall.ENOSPC):
		return "make room on the disk"
	}
	return ""
}
