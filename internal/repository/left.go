package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Left says what a limit left out.
type Left struct {
	Kind LeftKind
	// Path of the file or folder that it is about, "" for the whole repository.
	Path string
	// Limit is how many were taken, 0 where that says nothing.
	Limit int
}

// LeftKind says of what something was left out.
type LeftKind string

// The kinds of what is left out.
const (
	LeftFolder     LeftKind = "folder"      // files of a folder are not read
	LeftFolders    LeftKind = "folders"     // folders that look like apps or packages
	LeftModules    LeftKind = "modules"     // Python files and scripts of the root and one folder below
	LeftLinks      LeftKind = "links"       // symbolic links near the root, or where they may lead
	LeftDocuments  LeftKind = "documents"   // documents that may have the author's links
	LeftWanted     LeftKind = "wanted"      // files, over the limit for all of the above together
	LeftPart       LeftKind = "part"        // the rest of a file of Binder's or Jupyter's
	LeftScript     LeftKind = "script"      // the rest of what a script does
	LeftPython     LeftKind = "python"      // the rest of what a Python file does
	LeftR          LeftKind = "r"           // of what R does
	LeftInstalled  LeftKind = "installed"   // of what is installed
	LeftPoints     LeftKind = "points"      // of the entry points of packages
	LeftPatterns   LeftKind = "patterns"    // of what the repository's own patterns stand for
	LeftStarts     LeftKind = "starts"      // commands that start something
	LeftApps       LeftKind = "apps"        // apps
	LeftOfApp      LeftKind = "of-app"      // files of an app are not listed
	LeftOfConfig   LeftKind = "of-config"   // files of the config folder are not listed
	LeftOfData     LeftKind = "of-data"     // data files are not listed
	LeftOfRequests LeftKind = "of-requests" // files that a page asks for
)

// leavings are what limits left out, each once.
type leavings []Left

func (l *leavings) leave(kind LeftKind, p string, limit int) {
	if left := (Left{kind, p, limit}); !slices.Contains(*l, left) {
		*l = append(*l, left)
	}
}

// LeftOut lists what the limits on reading, following and listing left out. What a
// file of the card lacks of its text is on the card.
func (f *Facts) LeftOut() []Left {
	listed := f.lister().left // first, since it follows Python
	out := slices.Clone(f.Snapshot.left)
	for _, p := range f.Snapshot.partly() {
		out.leave(LeftPart, p, 0)
	}
	for _, p := range f.budget.Cut {
		out.leave(LeftScript, p, 0)
	}
	for _, p := range f.python.Cut {
		out.leave(LeftPython, strings.TrimPrefix(p, python.Home+"/"), 0)
	}
	if f.r.Cut {
		out.leave(LeftR, "", 0)
	}
	if f.Installed.Cut {
		out.leave(LeftInstalled, "", 0)
	}
	if f.Jupyter.MorePoints {
		out.leave(LeftPoints, "", jupyter.MaxPoints)
	}
	if f.Snapshot.lookedOut() || f.Jupyter.Cut {
		out.leave(LeftPatterns, "", 0)
	}
	return append(out, listed...)
}

// partly lists the files of Binder's and of Jupyter's configuration that were read,
// though not to their ends.
func (s *Snapshot) partly() []string {
	var out []string
	for p, blob := range s.blobs {
		if blob.Size > int64(len(blob.Data)) && (isBinderFile(path.Base(p)) || jupyter.IsName(p) || strings.HasPrefix(p, binder.DotBinder+"/")) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}
