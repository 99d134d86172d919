package inspect

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/bokehbinder/bokehbinder/internal/python"
)

// proxyGroup is the group of entry points that jupyter-server-proxy asks for
// entries.
const proxyGroup = "jupyter_serverproxy_servers"

// entryPoint is one entry point: the function Func of Module gives the entry
// Name.
type entryPoint struct{ Name, Module, Func string }

// entryPoints finds the entries of jupyter-server-proxy that packages of the
// repository bring.
func (f *Facts) entryPoints() {
	for _, file := range f.Snapshot.files {
		name := path.Base(file.Path)
		if !isPackaging(name) {
			continue
		}
		text, ok := f.Snapshot.Read(file.Path)
		if !ok || len(text) > maxSource || !strings.Contains(string(text), proxyGroup) {
			continue
		}
		var points []entryPoint
		switch name {
		case "setup.py":
			points = setupPoints(f.Module(file.Path))
		case "setup.cfg":
			points = iniPoints(string(text))
		case "pyproject.toml":
			points = tomlPoints(string(text))
		}
		for _, p := range points {
			f.entryPoint(dirOf(file.Path), p)
		}
	}
}

// entryPoint notes the entry that an entry point gives, if the repository has
// its function.
func (f *Facts) entryPoint(dir string, p entryPoint) {
	for _, file := range moduleFiles(dir, p.Module) {
		m := f.Module(file)
		fn, ok := m.Lookup(p.Func)
		if !ok {
			continue
		}
		def, ok := fn.(*python.Func)
		if !ok {
			continue
		}
		if entry, ok := m.Call(def).(*python.Dict); ok {
			f.entry(file, def.Def.Line, p.Name, entry, m)
			return
		}
	}
}

// moduleFiles lists where a module of a package may lie.
func moduleFiles(dir, module string) []string {
	p := strings.ReplaceAll(module, ".", "/")
	var out []string
	for _, base := range []string{path.Join(dir, p), path.Join(dir, "src", p)} {
		out = append(out, base+".py", base+"/__init__.py")
	}
	return out
}

// parsePoint reads "name = module:function".
func parsePoint(text string) (entryPoint, bool) {
	name, target, ok := strings.Cut(text, "=")
	if !ok {
		return entryPoint{}, false
	}
	return makePoint(strings.TrimSpace(name), target)
}

// makePoint reads "module:function".
func makePoint(name, target string) (entryPoint, bool) {
	module, function, ok := strings.Cut(strings.TrimSpace(target), ":")
	function, _, _ = strings.Cut(function, "[")
	return entryPoint{name, strings.TrimSpace(module), strings.TrimSpace(function)}, ok && name != ""
}

// setupPoints reads the entry points that a setup.py gives to setup().
func setupPoints(m *python.Module) []entryPoint {
	if m == nil {
		return nil
	}
	var out []entryPoint
	for _, c := range m.Calls {
		if c.Name != "setup" && !strings.HasSuffix(c.Name, ".setup") {
			continue
		}
		switch points := c.Named["entry_points"].(type) {
		case string:
			out = append(out, iniSection(points, proxyGroup)...)
		case *python.Dict:
			value, _, _ := points.Get(proxyGroup)
			if text, ok := value.(string); ok {
				value = &python.List{Items: []any{text}}
			}
			if list, ok := value.(*python.List); ok {
				for _, item := range list.Items {
					if p, ok := parsePoint(python.Text(item)); ok {
						out = append(out, p)
					}
				}
			}
		}
	}
	return out
}

// tomlPoints reads the entry points of a pyproject.toml: the standard's own,
// and those of Poetry.
func tomlPoints(text string) []entryPoint {
	type group map[string]map[string]string
	var project struct {
		Project struct {
			EntryPoints group `toml:"entry-points"`
		} `toml:"project"`
		Tool struct {
			Poetry struct {
				Plugins group `toml:"plugins"`
			} `toml:"poetry"`
		} `toml:"tool"`
	}
	if _, err := toml.Decode(text, &project); err != nil {
		return nil
	}
	var out []entryPoint
	for _, g := range []group{project.Project.EntryPoints, project.Tool.Poetry.Plugins} {
		for _, name := range slices.Sorted(maps.Keys(g[proxyGroup])) {
			if p, ok := makePoint(name, g[proxyGroup][name]); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

// iniPoints reads the entry points of a setup.cfg: in its section
// options.entry_points, the group is a key whose value goes over indented
// lines.
func iniPoints(text string) []entryPoint {
	var out []entryPoint
	section, inGroup := "", false
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case trimmed[0] == '[':
			section, inGroup = strings.Trim(trimmed, "[] "), false
		case section != "options.entry_points":
		case line[0] != ' ' && line[0] != '\t':
			key, value, _ := strings.Cut(trimmed, "=")
			inGroup = strings.TrimSpace(key) == proxyGroup
			if p, ok := parsePoint(value); ok && inGroup {
				out = append(out, p)
			}
		case inGroup:
			if p, ok := parsePoint(trimmed); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

var sectionLine = regexp.MustCompile(`^\[(.*)\]$`)

// iniSection reads the entry points of one section of an INI text, as setup()
// takes it.
func iniSection(text, group string) []entryPoint {
	var out []entryPoint
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := sectionLine.FindStringSubmatch(line); m != nil {
			section = strings.TrimSpace(m[1])
			continue
		}
		if p, ok := parsePoint(line); ok && section == group {
			out = append(out, p)
		}
	}
	return out
}
