package installed

import (
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Files is a repository as it was read.
type Files interface {
	binder.Files
	// InSubmodule says whether a path is in a submodule, so that what is there
	// is not known.
	InSubmodule(path string) bool
}

// Environment is one of the Python environments of an image, or both.
type Environment uint8

// The environments. They are one, unless the kernel's Python is too old to run
// the server.
const (
	Server Environment = 1 << iota
	Kernel
	Both = Server | Kernel
)

// Requirement is a package that is asked for by its name.
type Requirement struct {
	// Requirement has the name on the Python Package Index, where that is known.
	packaging.Requirement
	At position.Position
	// Written is how it is asked for, as its installer takes it.
	Written string
	// Conda is the name that conda has for it; empty where pip is asked.
	Conda string
	// In are the environments that it goes into.
	In Environment
	// Sure is Yes, or Unknown where a condition or a script decides.
	Sure truth.Value
	// Fails says whether the build fails where it cannot be had.
	Fails truth.Value
	// Alone says that it brings nothing with it: its list has all.
	Alone bool
	// step counts the runs of installers: within one all conditions hold, and a
	// later one wins.
	step int
}

// Direct asks for what is at a path or an address.
type Direct struct {
	At position.Position
	// Text is the line as pip has it, and Target the path or address.
	Text, Target string
	// Local says that it is a path, Dir is the folder from which that counts, and
	// Editable that what is there is used as it is.
	Local, Editable bool
	Dir             string
	// Named says that a requirement has its name, too.
	Named bool
	In    Environment
	Sure  truth.Value
	// Fails says whether the build fails where it cannot be had.
	Fails truth.Value
}

// Setting is an option of pip's in a list, such as the address of an index.
type Setting struct {
	At   position.Position
	Text string
}

// List is a list of packages or of conditions that another one names.
type List struct {
	At position.Position
	// File is the list's path.
	File string
}

// Broken is a line that its installer refuses, so that nothing is installed.
type Broken struct {
	At   position.Position
	Text string
	Err  error
	// Fails says whether the build fails because of it.
	Fails truth.Value
}

// TargetError says that what a line leads to is not there, or is not what it
// should be. The line itself is well formed.
type TargetError struct{ Message string }

func (e *TargetError) Error() string { return e.Message }

// Gap is something that may install what no line names.
type Gap struct {
	At  position.Position
	Why string
	In  Environment

	step int
}

// Set is what is installed for a repository.
type Set struct {
	// Requirements, in the order in which they are installed.
	Requirements []Requirement
	// Skipped are those whose conditions are not met on a BinderHub.
	Skipped []Requirement
	// Limits are conditions on versions; they install nothing.
	Limits   []Requirement
	Directs  []Direct
	Settings []Setting
	// Constraints are the lists that limits stand in.
	Constraints []List
	Broken      []Broken
	Gaps        []Gap
	// System are the packages of apt.txt.
	System []System
	// Cut says that a limit ended the reading.
	Cut bool

	plan    *binder.Plan
	inserts map[Environment]Insertion
	removed map[string]bool
}

// System is a package of the operating system.
type System struct {
	At   position.Position
	Name string
}

// Insertion is where one more package can be asked for: a line to put before
// the one of this number, with this in front of the name.
type Insertion struct {
	Path   string
	Line   int
	Prefix string
}

// Bounds on what is read, so that nothing a stranger writes holds the reader.
const (
	maxLists        = 200 // that include each other
	maxRequirements = 20_000
	maxBroken       = 1000
	maxProjects     = 20  // folders of the repository that are installed
	maxLookups      = 500 // of a text's place in one file
)

// Read reads what is installed. The commands are those of postBuild, and the budget is
// what Python may cost; nil is one of its own.
func Read(files Files, plan *binder.Plan, commands []Command, b *python.Budget) *Set {
	s := &Set{plan: plan, inserts: map[Environment]Insertion{}, removed: map[string]bool{}}
	r := &reader{files: files, plan: plan, set: s, budget: b, seen: map[visit]bool{}}
	switch plan.Pack {
	case "":
		r.gap(position.Position{}, Both, "no build pack is chosen")
		if plan.Fault == nil { // some hubs take Python's
			r.commands(commands)
		}
		return s
	case binder.Docker, binder.Nix:
		for _, use := range plan.Files {
			if use.Used && (use.Path == plan.Path("Dockerfile") || use.Path == plan.Path("default.nix")) {
				r.gap(position.Position{File: use.Path}, Both, "it makes the whole image")
			}
		}
		r.system()
		return s
	}
	r.system()
	r.conda()
	r.lists()
	r.pipfile()
	r.pack()
	if r.uses("setup.py") || r.uses("pyproject.toml") {
		r.next()
		r.project(".", position.Position{}, r.kernel(), truth.Yes)
	}
	r.commands(commands)
	return s
}

// reader fills a set.
type reader struct {
	files Files
	plan  *binder.Plan
	set   *Set
	seen  map[visit]bool
	// python is what Python may cost.
	budget *python.Budget
	read   int // lists
	built  int // projects
	step   int
	// made says that a command has run that may have made files.
	made bool
}

// visit is one reading of a list.
type visit struct {
	path string
	in   Environment
	kind packaging.Kind
	step int
}

// next begins another run of an installer.
func (r *reader) next() { r.step++ }

// kernel is where repo2docker installs what a repository asks for.
func (r *reader) kernel() Environment {
	if r.plan.Kernel != "" {
		return Kernel
	}
	return Both
}

// server is where the server runs.
func (r *reader) server() Environment {
	if r.plan.Kernel != "" {
		return Server
	}
	return Both
}

// python is the version of an environment's Python, empty where it is not known.
func (r *reader) python(in Environment) string {
	if in == Kernel {
		return r.plan.Kernel
	}
	return r.plan.Python
}

func (r *reader) uses(name string) bool { return r.plan.Used(name) }

func (r *reader) gap(at position.Position, in Environment, why string) {
	r.set.Gaps = append(r.set.Gaps, Gap{at, why, in, r.step})
}

// over notes that nothing more is known of what is installed, for a limit.
func (r *reader) over(at position.Position, in Environment, why string) {
	r.set.Cut = true
	r.gap(at, in, why)
}

// broken notes a line that its installer refuses.
func (r *reader) broken(at position.Position, text string, err error, fails truth.Value, in Environment) {
	if len(r.set.Broken) < maxBroken {
		r.set.Broken = append(r.set.Broken, Broken{at, text, err, fails})
	}
	r.gap(at, in, "it cannot be read")
}

// require notes a package that is asked for, where its condition is not surely
// unmet.
func (r *reader) require(q Requirement) {
	sure := q.Requirement.In(packaging.Linux(r.python(q.In)))
	q.Sure, q.step = q.Sure.And(sure), r.step
	switch {
	case len(r.set.Requirements)+len(r.set.Skipped) >= maxRequirements:
		r.over(q.At, q.In, "too much is asked for")
	case sure == truth.No:
		r.set.Skipped = append(r.set.Skipped, q)
	default:
		r.set.Requirements = append(r.set.Requirements, q)
	}
}

// system reads apt.txt.
func (r *reader) system() {
	if !r.uses("apt.txt") {
		return
	}
	p := r.plan.Path("apt.txt")
	content, _ := r.files.Read(p)
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line, _, _ = strings.Cut(line, "#")
		column := 1
		for _, name := range strings.Fields(line) {
			column += strings.Index(line[column-1:], name)
			r.set.System = append(r.set.System, System{position.Position{File: p, Line: number, Column: column}, name})
			column += len(name)
		}
	}
}

// pack notes what the build pack itself installs besides its base.
func (r *reader) pack() {
	if r.plan.Pack == binder.R || r.plan.Pack == binder.Conda && r.usesR() {
		r.next()
		for _, name := range []string{"jupyter-rsession-proxy", "jupyter-shiny-proxy"} {
			r.require(Requirement{Requirement: packaging.Requirement{Name: name}, Written: name, In: r.server(), Sure: truth.Yes})
		}
	}
}

// usesR says whether an environment.yml asks for packages of R's, so that
// RStudio is installed, too.
func (r *reader) usesR() bool {
	for _, q := range r.set.Requirements {
		if strings.HasPrefix(q.Written, "r-") && q.Conda != "" {
			return true
		}
	}
	return false
}

// inside says whether a path from the repository's root leads to something in
// it.
func inside(p string) bool { return p != ".." && !strings.HasPrefix(p, "../") && !path.IsAbs(p) }
