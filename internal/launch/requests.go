package launch

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/packaging"
)

// request is a package that a repository asks for.
type request struct {
	packaging.Requirement
	path string
	line int
	// pip is how pip is asked for it; empty where it cannot be.
	pip string
	// conda is its name there, empty for pip's own.
	conda string
	// err says why pip cannot be asked for it.
	err error
}

// place says where it is asked for.
func (r request) place() string {
	if r.line == 0 {
		return r.path
	}
	return fmt.Sprintf("%s:%d", r.path, r.line)
}

// requests are what a repository has installed.
type requests struct {
	named []request
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

// requests reads what the files that the build pack uses ask for.
func (f *folder) requests() *requests {
	r := &requests{}
	for _, use := range f.plan.Files {
		if !use.Used {
			continue
		}
		switch path.Base(use.Path) {
		case "environment.yml", "environment.yaml":
			f.conda(r)
		case "requirements.txt":
			f.requirements(r, use.Path, 0)
		case "Pipfile.lock":
			f.pipfileLock(r, use.Path)
		case "Pipfile":
			f.pipfile(r, use.Path)
		}
	}
	_, setup := f.uses("setup.py")
	_, project := f.uses("pyproject.toml")
	if setup || project {
		r.local = append(r.local, ".")
	}
	return r
}

// conda reads environment.yml.
func (f *folder) conda(r *requests) {
	env := binder.ReadEnvironment(f.facts.Snapshot, f.plan.Config)
	if env == nil || env.Err != "" {
		return
	}
	for _, node := range env.Dependencies {
		if node.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(node.Content); i += 2 {
				for _, item := range node.Content[i+1].Content {
					for _, l := range packaging.ParseRequirements(item.Value) {
						f.line(r, env.Path, item.Line, l, 0)
					}
				}
			}
			continue
		}
		if q, ok := condaRequest(node.Value); ok {
			q.path, q.line = env.Path, node.Line
			r.named = append(r.named, q)
		}
	}
}

// condaRequest reads one package of conda's. Python itself is none.
func condaRequest(text string) (request, bool) {
	asked, err := packaging.ParseConda(text)
	if err != nil {
		return request{Requirement: packaging.Requirement{Name: text}, conda: text, err: err}, true
	}
	if asked.Name == "python" || asked.Name == "pip" {
		return request{}, false
	}
	q := request{Requirement: asked, conda: asked.Name}
	known, ok := names()[asked.Name]
	if !ok {
		q.err = fmt.Errorf("%s is a package of conda's that is not known to be on the Python Package Index", asked.Name)
		return q, true
	}
	if known == "" {
		return q, true
	}
	q.Name = packaging.Normalize(known)
	_, conditions, err := packaging.CondaToPip(text)
	q.pip, q.err = known+conditions, err
	return q, true
}

// maxIncluded bounds how deep lists of packages include others.
const maxIncluded = 8

// requirements reads a list of pip's.
func (f *folder) requirements(r *requests, p string, depth int) {
	text, ok := f.read(p)
	if !ok || depth > maxIncluded {
		r.fail(fmt.Errorf("%s cannot be read", p))
		return
	}
	for _, l := range packaging.ParseRequirements(string(text)) {
		f.line(r, p, l.Number, l, depth)
	}
}

func (r *requests) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// line sorts one line of pip's.
func (f *folder) line(r *requests, p string, number int, l packaging.Line, depth int) {
	address := strings.Contains(l.Value, "://") && !strings.HasPrefix(l.Value, "file:")
	switch {
	case l.Err != nil:
		r.fail(fmt.Errorf("%s:%d: %w", p, number, l.Err))
	case l.Requirement != nil && strings.HasPrefix(l.Requirement.URL, "file:"):
		r.local = append(r.local, l.Text)
	case l.Requirement != nil:
		r.named = append(r.named, request{Requirement: *l.Requirement, path: p, line: number, pip: l.Text})
	case (l.Option == "-r" || l.Option == "--requirement") && !address:
		f.requirements(r, path.Join(path.Dir(p), l.Value), depth+1)
	case (l.Option == "-c" || l.Option == "--constraint") && !address:
		file := path.Join(path.Dir(p), l.Value)
		text, ok := f.read(file)
		if !ok {
			r.fail(fmt.Errorf("%s:%d: %s cannot be read", p, number, file))
			return
		}
		r.options = append(r.options, "-c "+filepath.Join(f.dir, filepath.FromSlash(file)))
		r.constraints = append(r.constraints, string(text))
	case (l.Option == "-e" || l.Option == "--editable") && !address:
		r.local = append(r.local, l.Text)
	case l.Option == "-e" || l.Option == "--editable":
		r.addresses = append(r.addresses, l.Text)
	case l.Option != "":
		r.options = append(r.options, l.Text)
	case strings.Contains(l.Text, "://") && !strings.HasPrefix(l.Text, "file:"):
		r.addresses = append(r.addresses, l.Text)
	default:
		r.local = append(r.local, l.Text)
	}
}

// locked is a package as Pipfile.lock or Pipfile has it.
type locked struct {
	Version string   `json:"version" toml:"version"`
	Extras  []string `json:"extras" toml:"extras"`
	Markers string   `json:"markers" toml:"markers"`
	Git     string   `json:"git" toml:"git"`
	Path    string   `json:"path" toml:"path"`
	File    string   `json:"file" toml:"file"`
}

// add notes a package of a Pipfile.
func (r *requests) add(p, name string, l locked) {
	if l.Git != "" || l.Path != "" || l.File != "" {
		r.fail(fmt.Errorf("%s: %s is taken from a path or an address, which is not done here", p, name))
		return
	}
	text := name
	if len(l.Extras) > 0 {
		text += "[" + strings.Join(l.Extras, ",") + "]"
	}
	if l.Version != "*" {
		text += l.Version
	}
	if l.Markers != "" {
		text += "; " + l.Markers
	}
	asked, err := packaging.ParseRequirement(text)
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", p, err))
		return
	}
	r.named = append(r.named, request{Requirement: asked, path: p, pip: text})
}

func (f *folder) pipfileLock(r *requests, p string) {
	var file struct {
		Default map[string]locked `json:"default"`
		Develop map[string]locked `json:"develop"`
	}
	text, _ := f.read(p)
	if err := json.Unmarshal(text, &file); err != nil {
		r.fail(fmt.Errorf("%s: %w", p, err))
		return
	}
	if file.Develop == nil {
		file.Develop = map[string]locked{}
	}
	maps.Copy(file.Develop, file.Default)
	for _, name := range slices.Sorted(maps.Keys(file.Develop)) {
		r.add(p, name, file.Develop[name])
	}
}

func (f *folder) pipfile(r *requests, p string) {
	var file struct {
		Packages map[string]any `toml:"packages"`
		Dev      map[string]any `toml:"dev-packages"`
	}
	text, _ := f.read(p)
	if _, err := toml.Decode(string(text), &file); err != nil {
		r.fail(fmt.Errorf("%s: %w", p, err))
		return
	}
	for _, group := range []map[string]any{file.Packages, file.Dev} {
		for _, name := range slices.Sorted(maps.Keys(group)) {
			l := locked{}
			switch v := group[name].(type) {
			case string:
				l.Version = v
			case map[string]any:
				again, err := json.Marshal(v)
				if err == nil {
					err = json.Unmarshal(again, &l)
				}
				if err != nil {
					r.fail(fmt.Errorf("%s: %s: %w", p, name, err))
				}
			}
			r.add(p, name, l)
		}
	}
}
