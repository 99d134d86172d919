package binder

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Files is a repository as repo2docker sees it. Symbolic links are followed.
type Files interface {
	// IsDir says whether there is a folder at a path.
	IsDir(path string) bool
	// Exists says whether there is anything at a path.
	Exists(path string) bool
	// Read returns the content of the file at a path, if it is known.
	Read(path string) (content []byte, ok bool)
}

// The folders that repo2docker takes its files from instead of the root.
const (
	DotBinder = ".binder"
	Binder    = "binder"
)

// The build packs, by the names that a card has.
const (
	Docker  = "docker"
	Julia   = "julia"
	Nix     = "nix"
	R       = "r"
	Conda   = "conda"
	Pipfile = "pipfile"
	Python  = "python"
)

// Config says which folder repo2docker takes its files from.
type Config struct {
	// Dir is DotBinder, Binder, or empty for the root.
	Dir string
	// Both says that there are two such folders: the build fails. Dir is then
	// DotBinder.
	Both bool
}

// Path returns where a file of the given name has to be.
func (c Config) Path(name string) string {
	if c.Dir == "" {
		return name
	}
	return c.Dir + "/" + name
}

// ConfigDir returns the folder that repo2docker takes its files from. With
// one, the root's files are ignored, whatever the folder holds.
func ConfigDir(f Files) Config {
	dot, plain := f.IsDir(DotBinder), f.IsDir(Binder)
	switch {
	case dot:
		return Config{DotBinder, plain}
	case plain:
		return Config{Binder, false}
	}
	return Config{}
}

// Build says what repo2docker makes of a repository.
type Build struct {
	Config
	// Pack is the build pack that is used, or empty: then either Problem says
	// why, or none detects anything. repo2docker then takes its Python pack by
	// default; mybinder.org has no default, and the build fails.
	Pack string
	// Problem says why repo2docker gives up before it builds anything.
	Problem string
}

// Buildpack returns what repo2docker makes of a repository: it asks its build
// packs in a fixed order, and the first that detects something wins.
func Buildpack(f Files) Build {
	d := detector{f, ConfigDir(f)}
	pack, problem := d.detect()
	return Build{d.config, pack, problem}
}

// detector asks the build packs.
type detector struct {
	files  Files
	config Config
}

// has says whether the config folder, or the root, has one of the files.
func (d detector) has(names ...string) bool {
	for _, n := range names {
		if d.files.Exists(d.config.Path(n)) {
			return true
		}
	}
	return false
}

func (d detector) detect() (pack, problem string) {
	switch {
	case d.legacy():
		return "", "the root's Dockerfile is from andrewosh/binder-base, which repo2docker no longer builds"
	case d.config.Both:
		return "", "there is a folder binder and a folder .binder; repo2docker takes only one"
	case d.has("Dockerfile"):
		return Docker, ""
	case d.has("Project.toml", "JuliaProject.toml"):
		return Julia, ""
	case d.has("REQUIRE"):
		return "", "REQUIRE is of Julia before 1.0, which repo2docker no longer builds"
	case d.has("default.nix"):
		return Nix, ""
	}
	// The R pack reads runtime.txt, so a malformed one stops every pack from
	// here on.
	r, problem := d.runtime()
	switch {
	case problem != "":
		return "", problem
	case r.name == "r" && r.dated, d.config.Dir == "" && d.has("DESCRIPTION"):
		return R, ""
	case d.has("environment.yml", "environment.yaml"):
		return Conda, ""
	case (r.name == "" || r.name == "python") && d.has("Pipfile", "Pipfile.lock"):
		return Pipfile, ""
	}
	return d.python(r)
}

// python asks the Python pack, which is the last.
func (d detector) python(r runtime) (pack, problem string) {
	if r.name != "" {
		if r.name == "python" {
			return Python, ""
		}
		return "", ""
	}
	isPackage, problem := d.isPackage()
	if problem == "" && (isPackage || d.has("requirements.txt")) {
		return Python, ""
	}
	return "", problem
}

// isPackage says whether the root is a Python package that is installed. With
// a config folder it never is.
func (d detector) isPackage() (is bool, problem string) {
	if d.config.Dir != "" {
		return false, ""
	}
	if d.files.Exists("setup.py") {
		return true, ""
	}
	content, ok := d.files.Read("pyproject.toml")
	if !ok {
		return false, ""
	}
	var project map[string]any
	if _, err := toml.Decode(string(content), &project); err != nil {
		return false, "pyproject.toml is not TOML"
	}
	return project["project"] != nil && project["build-system"] != nil, ""
}

// legacy says whether the root has a Dockerfile of the first Binder. Its first
// FROM decides. A config folder does not hide it.
func (d detector) legacy() bool {
	content, _ := d.files.Read("Dockerfile")
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "FROM") {
			image, _, _ := strings.Cut(line, "#")
			return strings.Contains(strings.ToLower(image), "andrewosh/binder-base")
		}
	}
	return false
}

// runtime is what runtime.txt says.
type runtime struct {
	name  string
	dated bool
}

var dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// runtime reads runtime.txt: name-version, name-version-yyyy-mm-dd or
// name-yyyy-mm-dd.
func (d detector) runtime() (r runtime, problem string) {
	path := d.config.Path("runtime.txt")
	content, ok := d.files.Read(path)
	if !ok {
		return runtime{}, ""
	}
	if !utf8.Valid(content) {
		return runtime{}, path + " is not UTF-8"
	}
	parts := strings.Split(strings.TrimSpace(string(content)), "-")
	malformed := path + " is malformed: it must be like python-3.12 or r-4.2-2023-06-01"
	for _, p := range parts {
		if p == "" {
			return runtime{}, malformed
		}
	}
	switch len(parts) {
	case 2:
		return runtime{name: parts[0]}, ""
	case 4, 5:
		date := strings.Join(parts[len(parts)-3:], "-")
		if _, err := time.Parse(time.DateOnly, date); err != nil || !dateForm.MatchString(date) {
			return runtime{}, malformed
		}
		return runtime{parts[0], true}, ""
	}
	return runtime{}, malformed
}
