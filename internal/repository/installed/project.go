package installed

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/tables"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// project is a Python package of the repository itself that is installed.
type project struct {
	*reader
	dir    string
	in     Environment
	sure   truth.Value
	extras []string
}

// pyproject is what pyproject.toml says that is needed here.
type pyproject struct {
	Project *struct {
		Dependencies *[]string           `toml:"dependencies"`
		Optional     map[string][]string `toml:"optional-dependencies"`
		Dynamic      []string            `toml:"dynamic"`
	} `toml:"project"`
	Build struct {
		Backend string `toml:"build-backend"`
	} `toml:"build-system"`
	Tool struct {
		Setuptools struct {
			Dynamic struct {
				Dependencies struct {
					File any `toml:"file"`
				} `toml:"dependencies"`
			} `toml:"dynamic"`
		} `toml:"setuptools"`
	} `toml:"tool"`
}

// project notes what the package in a folder of the repository needs.
func (r *reader) project(dir string, at position.Position, in Environment, sure truth.Value, extras ...string) {
	if r.built++; r.built > maxProjects {
		r.over(at, in, "too many folders are installed")
		return
	}
	p := &project{r, dir, in, sure, extras}
	file := path.Join(dir, "pyproject.toml")
	var decoded pyproject
	content, hasProject := r.files.Read(file)
	if hasProject {
		if err := tables.Decode(content, &decoded); err != nil {
			r.gap(position.Position{File: file}, in, undecoded(err))
			return
		}
	} else if r.files.Exists(file) {
		r.gap(position.Position{File: file}, in, "it was not read")
		return
	}
	switch {
	case decoded.Project != nil && slices.Contains(decoded.Project.Dynamic, "dependencies"):
		p.dynamic(&decoded, file)
	case decoded.Project != nil && decoded.Project.Dependencies != nil:
		p.listed(file, content, "dependencies", *decoded.Project.Dependencies)
		p.optional(&decoded, file, content)
	case decoded.Project != nil:
		p.optional(&decoded, file, content)
		if p.setupSays() {
			r.gap(position.Position{File: file}, in, "it names no dependencies, and setup.py or setup.cfg do")
		}
	case decoded.Build.Backend != "" && !strings.HasPrefix(decoded.Build.Backend, "setuptools"):
		r.gap(position.Position{File: file}, in, decoded.Build.Backend+" knows what it needs")
	default:
		p.setup()
	}
}

// listed notes what a list of pyproject.toml asks for.
func (p *project) listed(file string, content []byte, key string, list []string) {
	find := newFinder(file, content, max(keyAt(content, key), 0))
	for _, text := range list {
		at := find.place(text)
		asked, err := packaging.ParseRequirement(text)
		if err != nil {
			p.broken(at, text, err, truth.Unknown, p.in)
			continue
		}
		p.asked(at, text, asked)
	}
}

// keyAt is the offset of a key's first line.
func keyAt(content []byte, key string) int {
	form := regexp.MustCompile(`(?m)^\s*["']?` + regexp.QuoteMeta(key) + `["']?\s*=`)
	if at := form.FindIndex(content); at != nil {
		return at[0]
	}
	return -1
}

func (p *project) asked(at position.Position, text string, asked packaging.Requirement) {
	if asked.URL != "" {
		p.gap(at, p.in, "it comes from an address")
	}
	p.require(Requirement{Requirement: asked, At: at, Written: text, In: p.in, Sure: p.sure})
}

// optional notes the extras that are asked for.
func (p *project) optional(decoded *pyproject, file string, content []byte) {
	for name, list := range decoded.Project.Optional {
		if slices.Contains(p.extras, packaging.Normalize(name)) {
			p.listed(file, content, name, list)
		}
	}
}

// dynamic reads the lists that setuptools is told to take dependencies from.
func (p *project) dynamic(decoded *pyproject, file string) {
	var files []string
	switch v := decoded.Tool.Setuptools.Dynamic.Dependencies.File.(type) {
	case string:
		files = []string{v}
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				files = append(files, text)
			}
		}
	}
	if len(files) == 0 {
		p.gap(position.Position{File: file}, p.in, "its dependencies are found when it is built")
	}
	for _, name := range files {
		p.plain(path.Join(p.dir, name))
	}
}

// plain reads a list of which setuptools takes each line for a requirement.
func (p *project) plain(file string) {
	content, ok := p.files.Read(file)
	if !ok {
		p.gap(position.Position{File: file}, p.in, "it was not read")
		return
	}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		text, _, _ = strings.Cut(text, " #")
		at := position.Position{File: file, Line: number, Column: 1}
		if asked, err := packaging.ParseRequirement(text); err == nil {
			p.asked(at, text, asked)
		} else {
			p.gap(at, p.in, "it is no requirement")
		}
	}
}

// setupCalls lists the calls of setup in a setup.py.
func (p *project) setupCalls() (calls []python.Called, there bool) {
	file := path.Join(p.dir, "setup.py")
	content, ok := p.files.Read(file)
	if !ok {
		return nil, p.files.Exists(file)
	}
	for _, call := range python.Read(string(content), file, p.budget).Calls {
		if call.Name == "setup" || strings.HasSuffix(call.Name, ".setup") {
			calls = append(calls, call)
		}
	}
	return calls, true
}

// setupSays says whether setup.py or setup.cfg may name what the package needs.
func (p *project) setupSays() bool {
	calls, there := p.setupCalls()
	for _, call := range calls {
		if _, named := call.Named["install_requires"]; named || call.Open {
			return true
		}
	}
	return there && len(calls) == 0 || p.configured().found
}

// setup reads what setup.py and setup.cfg say. What setup.py says wins.
func (p *project) setup() {
	file := path.Join(p.dir, "setup.py")
	calls, there := p.setupCalls()
	if there && len(calls) != 1 {
		p.gap(position.Position{File: file}, p.in, "what it needs is not known")
		return
	}
	for _, call := range calls {
		at := call.Position
		at.File = file
		if call.Open {
			p.gap(at, p.in, "more is given to setup than can be read")
		}
		p.required(at, call.Named["install_requires"])
		if extras, ok := call.Named["extras_require"].(*python.Dict); ok {
			for _, name := range p.extras {
				if list, _, ok := extras.Get(name); ok {
					p.required(at, list)
				}
			}
		}
		if _, named := call.Named["install_requires"]; named {
			return
		}
	}
	c := p.configured()
	for _, l := range c.lines {
		p.text(l.At, l.text)
	}
	for _, name := range c.files {
		p.plain(path.Join(p.dir, name))
	}
}

// required notes a value of install_requires.
func (p *project) required(at position.Position, value any) {
	switch v := value.(type) {
	case nil:
	case string:
		for line := range strings.Lines(v) {
			p.text(at, strings.TrimSpace(line))
		}
	case *python.List:
		for i, item := range v.Items {
			if text, ok := item.(string); ok {
				place := at
				if own := v.At(i); own.Line > 0 {
					place.Line, place.Column = own.Line, own.Column
				}
				p.text(place, text)
			} else {
				p.gap(at, p.in, "install_requires is not known as a whole")
			}
		}
	default:
		p.gap(at, p.in, "install_requires is not known")
	}
}

// text notes one requirement of setuptools'.
func (p *project) text(at position.Position, text string) {
	if text == "" || strings.HasPrefix(text, "#") {
		return
	}
	asked, err := packaging.ParseRequirement(text)
	if err != nil {
		p.broken(at, text, err, truth.Unknown, p.in)
		return
	}
	p.asked(at, text, asked)
}

// placed is a line of a file.
type placed struct {
	At   position.Position
	text string
}

// configuration is what setup.cfg has at install_requires.
type configuration struct {
	found bool
	lines []placed
	files []string
}

// configured reads setup.cfg.
func (p *project) configured() (c configuration) {
	file := path.Join(p.dir, "setup.cfg")
	content, _ := p.files.Read(file)
	section, within, number := "", false, 0
	for line := range strings.Lines(string(content)) {
		number++
		text := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		switch {
		case text == "" || strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";"):
		case within && indent > 0:
			c.lines = append(c.lines, placed{position.Position{File: file, Line: number, Column: indent + 1}, text})
		case strings.HasPrefix(text, "["):
			section, within = strings.Trim(text, "[]"), false
		default:
			key, value, _ := strings.Cut(text, "=")
			if within = section == "options" && strings.TrimSpace(key) == "install_requires"; within {
				c.found = true
				c.value(position.Position{File: file, Line: number, Column: indent + 1}, strings.TrimSpace(value))
			}
		}
	}
	return c
}

// value reads what stands on the line of the key itself: names of files, or
// requirements with semicolons between them.
func (c *configuration) value(at position.Position, text string) {
	if files, ok := strings.CutPrefix(text, "file:"); ok {
		for name := range strings.SplitSeq(files, ",") {
			c.files = append(c.files, strings.TrimSpace(name))
		}
		return
	}
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part != "" {
			c.lines = append(c.lines, placed{at, part})
		}
	}
}
