package binder

import (
	"regexp"
	"strings"
)

// Plan says what repo2docker does with a repository's files, beyond the choice
// of the build pack. It is as repo2docker 2026.4 does it.
type Plan struct {
	Build
	// Python is the version that the server runs with, "3.12". It is empty
	// where the build pack has none or the build does not get that far.
	Python string
	// PythonFrom is the file that says so, empty for the default.
	PythonFrom string
	// Faults are what stops the build before it begins; repo2docker names only
	// the first that it meets.
	Faults []Fault
	// Files are the files that repo2docker has a meaning for.
	Files []Use
}

// Use is a file that repo2docker has a meaning for, and whether it is used.
type Use struct {
	Path string
	Used bool
	// Why it is not used.
	Why string
}

// FaultKind says what is wrong.
type FaultKind string

// The kinds of faults.
const (
	FaultBoth        FaultKind = "two-config-folders"
	FaultLegacy      FaultKind = "legacy-dockerfile"
	FaultJulia       FaultKind = "julia-require"
	FaultRuntime     FaultKind = "runtime-malformed"
	FaultPyproject   FaultKind = "pyproject-broken"
	FaultEnvironment FaultKind = "environment-broken"
	FaultPython      FaultKind = "python-unsupported"
	FaultPipfile     FaultKind = "pipfile-broken"
	FaultApt         FaultKind = "apt-invalid"
	FaultR           FaultKind = "r-unsupported"
)

// Fault is one reason why the build stops.
type Fault struct {
	Kind FaultKind
	Path string
	Line int // from 1, 0 where it is the whole file
	Text string
}

// NewPlan says what repo2docker does with the files.
func NewPlan(f Files) *Plan {
	p := &planner{files: f, plan: &Plan{Build: Buildpack(f)}}
	p.uses()
	switch p.plan.Pack {
	case "":
		if p.plan.Problem != "" {
			p.detection()
		}
		return p.plan
	case Docker:
		return p.plan
	}
	p.apt()
	switch p.plan.Pack {
	case Nix:
	case Conda:
		p.environment(true)
	case Pipfile:
		p.pipfile()
	default:
		p.environment(false)
		p.python()
	}
	if p.plan.Pack == R {
		p.rVersion()
	}
	return p.plan
}

// planner fills a plan.
type planner struct {
	files Files
	plan  *Plan
}

func (p *planner) fault(kind FaultKind, path string, line int, text string) {
	p.plan.Faults = append(p.plan.Faults, Fault{kind, path, line, text})
}

// has says whether a file of this name is where repo2docker looks for it.
func (p *planner) has(name string) bool { return p.files.Exists(p.plan.Path(name)) }

// detection turns the build's problem into a fault.
func (p *planner) detection() {
	b := p.plan.Build
	switch {
	case strings.HasPrefix(b.Problem, "the root's Dockerfile"):
		p.fault(FaultLegacy, "Dockerfile", 0, b.Problem)
	case b.Both:
		p.fault(FaultBoth, "", 0, b.Problem)
	case strings.HasPrefix(b.Problem, "REQUIRE"):
		p.fault(FaultJulia, b.Path("REQUIRE"), 0, b.Problem)
	case strings.HasPrefix(b.Problem, "pyproject.toml"):
		p.fault(FaultPyproject, "pyproject.toml", 0, b.Problem)
	default:
		p.fault(FaultRuntime, b.Path("runtime.txt"), 1, b.Problem)
	}
}

var aptForm = regexp.MustCompile(`^[a-z0-9.+-]+`)

// apt checks apt.txt, whose lines are names of packages.
func (p *planner) apt() {
	path := p.plan.Path("apt.txt")
	content, ok := p.files.Read(path)
	if !ok {
		return
	}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		name, _, _ := strings.Cut(line, "#")
		if name = strings.TrimSpace(name); name != "" && !aptForm.MatchString(name) {
			p.fault(FaultApt, path, number, "apt.txt has "+quote(name)+", which is not the name of a package")
			return
		}
	}
}

// quote quotes a piece of a file for a message.
func quote(text string) string {
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return `"` + strings.ToValidUTF8(text, "\ufffd") + `"`
}

var rKnown = regexp.MustCompile(`^(4\.[0-5]|3\.[3-6]|[^.]+\.[^.]+\.[^.]+)$`)

// firstSnapshot is the first day whose R packages can still be had.
const firstSnapshot = "2018-12-07"

// rVersion checks the version and the date in runtime.txt. With a DESCRIPTION,
// the version is taken for R's whatever it is said to be of.
func (p *planner) rVersion() {
	path := p.plan.Path("runtime.txt")
	content, ok := p.files.Read(path)
	if !ok {
		return
	}
	parts := strings.Split(strings.TrimSpace(string(content)), "-")
	if len(parts) == 2 || len(parts) == 5 {
		if !rKnown.MatchString(parts[1]) {
			p.fault(FaultR, path, 1, "R "+parts[1]+" is not a version that repo2docker can install")
		}
	}
	if date := strings.Join(parts[max(len(parts)-3, 0):], "-"); len(parts) >= 4 && parts[0] == "r" && date < firstSnapshot {
		p.fault(FaultR, path, 1, "there are no R packages of "+date+"; the first day is "+firstSnapshot)
	}
}
