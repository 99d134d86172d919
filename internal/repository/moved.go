package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// move is what postBuild moves or removes: a file, or a folder with all in it.
type move struct {
	from string
	// to is where it then is; empty where it is gone, or that is not known.
	to string
}

// findMoves notes what postBuild moves and removes, in its order.
func (f *Facts) findMoves() {
	if f.PostBuild == nil {
		return
	}
	for i := range f.PostBuild.Commands {
		c := &f.PostBuild.Commands[i]
		program := c.Program()
		if program != "mv" && program != "rm" || c.Runs == shell.Never {
			continue
		}
		args := slices.DeleteFunc(shell.Strings(c.Run())[1:], func(a string) bool { return strings.HasPrefix(a, "-") })
		into := ""
		if program == "mv" && len(args) > 1 {
			into, args = args[len(args)-1], args[:len(args)-1]
		}
		args = f.globbed(c.Dir, args, true)
		for _, arg := range args {
			m := move{from: path.Clean(shell.RepoPath(c.Dir, arg))}
			if into != "" && c.Runs == shell.Surely {
				m.to = f.target(c.Dir, into, m.from, len(args) > 1)
			}
			f.moves = append(f.moves, m)
		}
	}
}

// target is where mv puts what lies at a path: into a folder, or under a new name.
func (f *Facts) target(dir, into, from string, several bool) string {
	to := path.Clean(shell.RepoPath(dir, into))
	if several || strings.HasSuffix(into, "/") || f.Snapshot.IsDir(to) {
		to = path.Join(to, path.Base(from))
	}
	if !known(to) || strings.HasPrefix(to, "..") {
		return ""
	}
	return to
}

// rebased is a path below one folder as the same path below another.
func rebased(p, from, to string) (string, bool) {
	rest, below := strings.CutPrefix(p, from)
	if !below || rest != "" && rest[0] != '/' {
		return p, false
	}
	return path.Clean(to + rest), true
}

// lies tells where a file of the repository is once postBuild has run, or in the
// image that a Dockerfile makes, as the server sees it, if it is there.
func (f *Facts) lies(p string) (string, bool) {
	if f.Image != nil {
		if f.Snapshot.lookedOut() {
			return "", false
		}
		at, known, guessed := f.Image.Lies(f.Snapshot, p, &f.Snapshot.expanded)
		if guessed && (f.Image.CopiesAll || path.Dir(p) == "." && f.Image.Names(p)) {
			return p, true
		}
		return at, known
	}
	for _, m := range f.moves {
		if to, ok := rebased(p, m.from, m.to); ok {
			if p = to; m.to == "" {
				return "", false
			}
		}
	}
	return p, true
}

// origin tells which path of the repository is at a path once postBuild has run.
func (f *Facts) origin(p string) string {
	for _, m := range slices.Backward(f.moves) {
		if m.to != "" {
			p, _ = rebased(p, m.to, m.from)
		}
	}
	return p
}
