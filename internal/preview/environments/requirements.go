package environments

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// requirement is a package that a repository asks for.
type requirement struct {
	installed.Requirement
	// pip is how pip is asked for it; empty where it cannot be.
	pip string
	// err says why pip cannot be asked for it.
	err error
}

// place says where it is asked for.
func (r requirement) place() string {
	if r.At.Line == 0 {
		return r.At.File
	}
	return fmt.Sprintf("%s:%d", r.At.File, r.At.Line)
}

// requirements are what a repository has installed.
type requirements struct {
	named []requirement
	// options of pip's, such as "--extra-index-url …", and what it takes from
	// an address.
	options, addresses []string
	// local are lines for what is in the repository, such as "-e .".
	local []string
	// constraints are the contents of the files that options name.
	constraints []string
	// err is the first line that pip would not take.
	err error
}

// folderFiles are the files of a folder, those that were not asked for in
// advance, too.
type folderFiles struct{ *Folder }

// Read implements [installed.Files].
func (f folderFiles) Read(p string) ([]byte, bool) { return f.read(p) }

// IsDir implements [installed.Files].
func (f folderFiles) IsDir(p string) bool { return f.Facts.Snapshot.IsDir(p) }

// Exists implements [installed.Files].
func (f folderFiles) Exists(p string) bool { return f.Facts.Snapshot.Exists(p) }

// InSubmodule implements [installed.Files].
func (f folderFiles) InSubmodule(p string) bool { return f.Facts.Snapshot.InSubmodule(p) }

// requirements sorts what is installed before postBuild runs. Conditions on the
// environment are left to pip: this machine may be another than a BinderHub.
func (f *Folder) requirements() *requirements {
	r := &requirements{}
	set := installed.Read(folderFiles{f}, f.Facts.Plan, nil, nil)
	for _, q := range append(set.Requirements, set.Skipped...) {
		r.add(q)
	}
	for _, s := range set.Settings {
		r.options = append(r.options, s.Text)
	}
	for _, c := range set.Constraints {
		text, _ := f.read(c.File)
		r.options = append(r.options, "-c "+filepath.Join(f.dir, filepath.FromSlash(c.File)))
		r.constraints = append(r.constraints, string(text))
	}
	for _, d := range set.Directs {
		r.direct(d)
	}
	for _, b := range set.Broken {
		if b.Fails == truth.Yes && r.err == nil {
			r.err = fmt.Errorf("%s:%d: %w", b.At.File, b.At.Line, b.Err)
		}
	}
	_, setup := f.Uses("setup.py")
	_, project := f.Uses("pyproject.toml")
	if setup || project {
		r.local = append(r.local, ".")
	}
	return r
}

// add notes a package. Python itself is none, nor what a build pack brings.
func (r *requirements) add(q installed.Requirement) {
	if q.At.File == "" || q.Conda == "python" || q.Conda == "pip" || q.URL != "" && (strings.HasPrefix(q.URL, "file:") || !strings.Contains(q.URL, "://")) {
		return
	}
	one := requirement{Requirement: q, pip: q.Written}
	if q.Conda != "" {
		one.pip, one.err = installed.CondaToPip(&q)
	}
	r.named = append(r.named, one)
}

// direct notes what is taken from a path or an address.
func (r *requirements) direct(d installed.Direct) {
	switch file := path.Base(d.At.File); {
	case file == "Pipfile" || file == "Pipfile.lock":
		if r.err == nil {
			r.err = fmt.Errorf("%s: %s is taken from a path or an address, which is not done here", d.At.File, packaging.Normalize(d.Text))
		}
	case d.Local && d.Dir != "":
		line := "./" + path.Join(d.Dir, d.Target)
		if d.Editable {
			line = "-e " + line
		}
		r.local = append(r.local, line)
	case d.Local:
		r.local = append(r.local, d.Text)
	case !d.Named:
		r.addresses = append(r.addresses, d.Text)
	}
}
