package binder

import "strings"

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

// findConfig returns the folder that repo2docker takes its files from. With
// one, the root's files are ignored, whatever the folder holds.
func findConfig(f Files) Config {
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
	// Pack is the build pack that is used, or empty: then either Fault says why,
	// or none detects anything. repo2docker then takes its Python pack by
	// default; mybinder.org has no default, and the build fails.
	Pack string
	// Fault says why repo2docker gives up before it chooses a build pack.
	Fault *Fault
}

// reading is what the choice of the build pack and the plan both go by, read
// once.
type reading struct {
	files   Files
	config  Config
	runtime runtime
	project project
}

func read(f Files) *reading {
	r := &reading{files: f, config: findConfig(f)}
	r.runtime = readRuntime(f, r.config.Path("runtime.txt"))
	if r.config.Dir == "" { // with a config folder the root is never installed
		r.project = readProject(f)
	}
	return r
}

// has says whether the config folder, or the root, has one of the files.
func (r *reading) has(names ...string) bool {
	for _, n := range names {
		if r.files.Exists(r.config.Path(n)) {
			return true
		}
	}
	return false
}

// build asks the build packs in a fixed order: the first that detects something
// wins.
func (r *reading) build() Build {
	pack, fault := r.detect()
	return Build{r.config, pack, fault}
}

func (r *reading) detect() (pack string, fault *Fault) {
	switch {
	case r.legacy():
		return "", &Fault{FaultLegacy, "Dockerfile", 0, "the root's Dockerfile is from andrewosh/binder-base, which repo2docker no longer builds"}
	case r.config.Both:
		return "", &Fault{FaultBoth, "", 0, "there is a folder binder and a folder .binder; repo2docker takes only one"}
	case r.has("Dockerfile"):
		return Docker, nil
	case r.has("Project.toml", "JuliaProject.toml"):
		return Julia, nil
	case r.has("REQUIRE"):
		return "", &Fault{FaultJulia, r.config.Path("REQUIRE"), 0, "REQUIRE is of Julia before 1.0, which repo2docker no longer builds"}
	case r.has("default.nix"):
		return Nix, nil
	}
	// The R pack reads runtime.txt, so a malformed one stops every pack from
	// here on.
	t := r.runtime
	switch {
	case t.fault != nil:
		return "", t.fault
	case t.name == "r" && t.date != "", r.config.Dir == "" && r.has("DESCRIPTION"):
		return R, nil
	case r.has("environment.yml", "environment.yaml"):
		return Conda, nil
	case (t.name == "" || t.name == "python") && r.has("Pipfile", "Pipfile.lock"):
		return Pipfile, nil
	}
	return r.byPython()
}

// byPython asks the Python pack, which is the last.
func (r *reading) byPython() (pack string, fault *Fault) {
	switch {
	case r.runtime.name == "python":
		return Python, nil
	case r.runtime.name != "":
		return "", nil
	case !r.project.setup && r.project.fault != nil:
		return "", r.project.fault
	case r.project.installed() || r.has("requirements.txt"):
		return Python, nil
	}
	return "", nil
}

// legacy says whether the root has a Dockerfile of the first Binder. Its first
// FROM decides. A config folder does not hide it.
func (r *reading) legacy() bool {
	content, _ := r.files.Read("Dockerfile")
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "FROM") {
			image, _, _ := strings.Cut(line, "#")
			return strings.Contains(strings.ToLower(image), "andrewosh/binder-base")
		}
	}
	return false
}
