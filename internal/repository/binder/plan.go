package binder

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Plan says what repo2docker does with a repository's files, beyond the choice
// of the build pack. It is as repo2docker 2026.4 does it.
type Plan struct {
	Build
	// Python is the version that the server runs with, "3.12". It is empty
	// where the build pack has none or the build does not get that far.
	Python string
	// Kernel is the version of the kernel's Python, "2.7", where it is too old to
	// run the server: then what the repository asks for goes into an environment
	// of its own, and the server's gets what requirements3.txt asks for.
	Kernel string
	// PythonFrom is the file that says so, empty for the default.
	PythonFrom string
	// R is the version of R that the R build pack installs, "4.4.2"; empty where it
	// is another one or the version cannot be had.
	R string
	// RNamed says that runtime.txt names it: mybinder.org's own may be a newer one.
	RNamed bool
	// Environment is what environment.yml says, where the build pack reads it.
	Environment *EnvironmentFile
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

// Used says whether a file of this name is used, of those in the folder that the
// files are taken from.
func (p *Plan) Used(name string) bool {
	return slices.ContainsFunc(p.Files, func(u Use) bool { return u.Used && u.Path == p.Path(name) })
}

// NewPlan says what repo2docker does with the files.
func NewPlan(f Files) *Plan {
	r := read(f)
	p := &planner{reading: r, plan: &Plan{Build: r.build()}}
	defer p.uses()
	switch p.plan.Pack {
	case "":
		if p.plan.Fault != nil {
			p.plan.Faults = append(p.plan.Faults, *p.plan.Fault)
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
	*reading
	plan *Plan
}

func (p *planner) fault(kind FaultKind, path string, line int, text string) {
	p.plan.Faults = append(p.plan.Faults, Fault{kind, path, line, text})
}

var aptForm = regexp.MustCompile(`^[a-z0-9.+-]+`)

// apt checks apt.txt, whose lines are names of packages.
func (p *planner) apt() {
	path := p.plan.Path("apt.txt")
	content, ok := p.files.Read(path)
	if !ok {
		return
	}
	if !utf8.Valid(content) {
		p.fault(FaultApt, path, 0, "apt.txt is not UTF-8")
		return
	}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		name, _, _ := strings.Cut(line, "#")
		if name = strings.TrimSpace(name); name != "" && !aptForm.MatchString(name) {
			p.fault(FaultApt, path, number, "apt.txt has "+quote(name)+", which is not the name of a package")
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

// rInstallable are the versions of R that can be asked for in two numbers, oldest first;
// others are given in three. mybinder.org knows the last one, which repo2docker 2026.4
// does not.
var rInstallable = []string{"3.3.3", "3.4.4", "3.5.3", "3.6.3", "4.0.5", "4.1.3", "4.2.3", "4.3.3", "4.4.2", "4.5.1", "4.6.0"}

// defaultR is the version without a runtime.txt that says another one.
const defaultR = "4.4.2"

// InstallableR lists the versions of R that a runtime.txt may name, oldest first.
func InstallableR() []string { return slices.Clone(rInstallable) }

// MinorR is a version of R in two numbers, as runtime.txt may name it.
func MinorR(version string) string { return version[:strings.LastIndexByte(version, '.')] }

// wholeR is the version of R that is meant, "" where it cannot be had.
func wholeR(version string) string {
	if version == "" {
		return defaultR
	}
	if i := slices.IndexFunc(rInstallable, func(v string) bool { return MinorR(v) == version }); i >= 0 {
		return rInstallable[i]
	}
	if strings.Count(version, ".") == 2 && !strings.HasPrefix(version, ".") && !strings.HasSuffix(version, ".") && !strings.Contains(version, "..") {
		return version
	}
	return ""
}

// firstSnapshot is the first day whose R packages can still be had.
const firstSnapshot = "2018-12-07"

// rVersion checks the version and the date in runtime.txt. With a DESCRIPTION,
// the version is taken for R's whatever it is said to be of.
func (p *planner) rVersion() {
	r := p.runtime
	p.plan.RNamed = r.version != ""
	if p.plan.R = wholeR(r.version); p.plan.R == "" {
		p.fault(FaultR, r.path, 1, "R "+r.version+" is not a version that repo2docker can install")
	}
	if r.name == "r" && r.date != "" && r.date < firstSnapshot {
		p.fault(FaultR, r.path, 1, "there are no R packages of "+r.date+"; the first day is "+firstSnapshot)
	}
}
