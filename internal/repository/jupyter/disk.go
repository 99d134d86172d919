package jupyter

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Where things lie on a BinderHub: repo2docker's environment, and its folder
// of conda.
const (
	prefix   = "/srv/conda/envs/notebook"
	condaDir = "/srv/conda"
)

// placed is a file that the build has put somewhere.
type placed struct {
	text  string
	begin position.Position
	// known says that the text is.
	known bool
	// maybe says that it is not known whether the file is there, and gone that
	// it is not any more.
	maybe, gone bool
	// written says that a script has its text.
	written bool
}

// disk is what is known of the files of the machine when the server starts. The
// repository is the user's home.
type disk struct {
	repo   Files
	files  map[string]*placed
	dirs   map[string]bool
	handed []string // files and folders of the repository that a step does something unknown with
	tried  []string // names of files that a step looks for where they are not
	murky  []position.Position
	now    position.Position // where the step is that is taken
	looks  int               // steps of looks at the repository's files
	lost   bool              // says that a limit ended what is known of where files lie
}

const (
	// MaxLooks bounds the steps in which scripts look at the repository's files.
	MaxLooks = 16 << 20
	// stepsOfFile is what a file takes with which they do something; to compare it with a
	// pattern takes less.
	stepsOfFile = 64
)

// look says whether a file may be looked at.
func (d *disk) look() bool { return d.spend(stepsOfFile) }

// spend takes steps, and says whether there were as many.
func (d *disk) spend(steps int) bool {
	if d.looks += steps; d.looks > MaxLooks {
		d.doubt()
		return false
	}
	return true
}

// doubt says that from here on it is not known what lies where.
func (d *disk) doubt() {
	d.lost = true
	if !slices.Contains(d.murky, d.now) {
		d.murky = append(d.murky, d.now)
	}
}

func newDisk(repo Files) *disk {
	d := &disk{repo: repo, files: map[string]*placed{}, dirs: map[string]bool{}}
	for _, dir := range []string{python.Home, prefix, prefix + "/etc/jupyter", prefix + "/etc/jupyter/jupyter_server_config.d", "/etc", "/tmp", "/usr/local/etc"} {
		d.dirs[dir] = true
	}
	return d
}

// places are the names by which scripts know folders.
var places = strings.NewReplacer("{NB_PYTHON_PREFIX}", prefix, "{CONDA_PREFIX}", prefix, "{sys.prefix}", prefix,
	"{CONDA_DIR}", condaDir, "{HOME}", python.Home, "{REPO_DIR}", python.Home)

// abs is the path of a word of a command, if it is known.
func abs(dir, word string) (string, bool) {
	word = places.Replace(word)
	if rest, ok := strings.CutPrefix(word, "~"); ok && (rest == "" || rest[0] == '/') {
		word = python.Home + rest
	}
	if !strings.HasPrefix(word, "/") {
		word = path.Join(python.Home, places.Replace(dir), word)
	}
	return path.Clean(word), !strings.Contains(word, "{")
}

// inRepo is a path as seen from the repository's root, if it is in it.
func inRepo(p string) (string, bool) {
	if p == python.Home {
		return "", true
	}
	return strings.CutPrefix(p, python.Home+"/")
}

// at returns the file at a path, nil where there is none.
func (d *disk) at(p string) *placed {
	f := d.last(p)
	if f == nil || !d.lost {
		return f
	}
	open := *f
	open.maybe = true
	return &open
}

// last is the file at a path by all steps that were followed.
func (d *disk) last(p string) *placed {
	if f := d.files[p]; f != nil {
		if f.gone {
			return nil
		}
		return f
	}
	if own, ok := inRepo(p); ok && d.repo.IsFile(own) {
		text, known := d.repo.Read(own)
		return &placed{text: string(text), known: known, begin: position.Position{File: own, Line: 1, Column: 1}}
	}
	return nil
}

func (d *disk) isDir(p string) bool {
	if d.dirs[p] {
		return true
	}
	own, ok := inRepo(p)
	return ok && d.repo.IsDir(own)
}

// inside lists the files of a folder, by their names.
func (d *disk) inside(dir string) []string {
	var out []string
	for p, f := range d.files {
		if path.Dir(p) == dir && !f.gone {
			out = append(out, path.Base(p))
		}
	}
	if own, ok := inRepo(dir); ok {
		for p := range d.repo.Below(own) {
			if name := strings.TrimPrefix(p[len(own):], "/"); !strings.Contains(name, "/") && d.files[path.Join(dir, name)] == nil {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// below lists the files of a folder and its folders.
func (d *disk) below(dir string) []string {
	if !d.spend(len(d.files)) {
		return nil
	}
	var out []string
	for p, f := range d.files {
		if strings.HasPrefix(p, dir+"/") && !f.gone {
			out = append(out, p)
		}
	}
	if own, ok := inRepo(dir); ok {
		for p := range d.repo.Below(own) {
			if !d.look() {
				break
			}
			if full := python.Home + "/" + p; d.files[full] == nil {
				out = append(out, full)
			}
		}
	}
	slices.Sort(out)
	return out
}

// expand lists the paths that a word of a command stands for.
func (d *disk) expand(p string) []string {
	if !strings.ContainsAny(p, "*?[") {
		return []string{p}
	}
	own, ok := inRepo(p)
	pattern, err := glob.Compile(own)
	if err != nil || !ok {
		return nil
	}
	if !d.spend(len(d.files)) {
		return nil
	}
	found, whole := pattern.Expand(d.home(), &d.looks, MaxLooks)
	if !whole {
		d.doubt()
	}
	var out []string
	for _, f := range found {
		if !d.look() {
			break
		}
		out = append(out, python.Home+"/"+f)
	}
	return out
}

// home lists what lies in the repository, as seen from its root.
func (d *disk) home() iter.Seq[string] {
	changed := map[string]bool{}
	var there []string
	for p, f := range d.files {
		if own, ok := inRepo(p); ok {
			changed[own] = true
			if !f.gone {
				there = append(there, own)
			}
		}
	}
	slices.Sort(there)
	return func(yield func(string) bool) {
		left := there
		for p := range d.repo.Below("") {
			for ; len(left) > 0 && left[0] < p; left = left[1:] {
				if !yield(left[0]) {
					return
				}
			}
			if !changed[p] && !yield(p) {
				return
			}
		}
		for _, p := range left {
			if !yield(p) {
				return
			}
		}
	}
}

// maxPlaced bounds how many files scripts are followed to place, or to remove.
const maxPlaced = 2000

// place puts a file at a path.
func (d *disk) place(p string, f placed) {
	old := d.at(p)
	if f.maybe && old != nil && old.text != f.text {
		f.known = false // one of the two
		f.maybe = old.maybe
	}
	if len(d.files) < maxPlaced || d.files[p] != nil {
		d.files[p] = &f
	} else {
		d.doubt()
	}
}

// copyTo copies a file, or a folder with all that is in it.
func (d *disk) copyTo(from, to string, maybe bool) {
	if f := d.at(from); f != nil {
		c := *f
		c.maybe = c.maybe || maybe
		d.place(to, c)
		return
	}
	for _, p := range d.below(from) {
		if f := d.at(p); f != nil {
			c := *f
			c.maybe = c.maybe || maybe
			d.place(to+strings.TrimPrefix(p, from), c)
		}
	}
	d.dirs[to] = true
}

// hand notes that a step does something unknown with the files that words of
// its name.
func (d *disk) hand(dir string, words []string) {
	for _, w := range words {
		p, ok := abs(dir, w)
		if !ok {
			continue
		}
		for _, p := range d.expand(p) {
			if own, ok := inRepo(p); ok && own != "" {
				d.handed = append(d.handed, own)
			}
		}
	}
}

// isHanded says whether a step does something unknown with a file, or is meant
// to do something with it.
func (d *disk) isHanded(p string) bool {
	return slices.Contains(d.tried, path.Base(p)) || slices.ContainsFunc(d.handed, func(h string) bool { return h == p || strings.HasPrefix(p, h+"/") })
}
