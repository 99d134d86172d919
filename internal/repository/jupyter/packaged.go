package jupyter

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/tables"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// proxyGroup is the group of entry points that jupyter-server-proxy asks for
// entries.
const proxyGroup = "jupyter_serverproxy_servers"

// pack is what a package of the repository brings along: entry points of
// jupyter-server-proxy, and files that are installed below the environment's
// folder.
type pack struct {
	name   string
	points []entryPoint
	data   []dataFile
}

// entryPoint is one entry point: the function fn of module gives the entry name.
type entryPoint struct{ name, module, fn string }

// dataFile is a file, or a folder's content, and where it is installed below
// the environment's folder.
type dataFile struct{ from, to string }

// MaxPoints bounds the entry points that are looked at: for each of them, files are read
// and searched for.
const MaxPoints = 200

// isPackaging says whether a file of this name makes its folder a package.
func isPackaging(name string) bool {
	return name == "setup.py" || name == "setup.cfg" || name == "pyproject.toml"
}

// packaged notes what the repository's packages bring, where they are installed or
// may be, and the entries of others, which are not read.
func (r *reader) packaged() {
	for p := range r.in.Files.Known() {
		text, ok := r.in.Files.Read(p)
		if !isPackaging(path.Base(p)) || !ok || len(text) > maxPython {
			continue
		}
		var found pack
		switch path.Base(p) {
		case "setup.py":
			found = readSetup(python.Read(string(text), path.Join(python.Home, p), r.in.Budget))
		case "setup.cfg":
			found = readConfig(string(text))
		case "pyproject.toml":
			found = readProject(text)
		}
		dir, there := path.Dir(p), Unknown
		if r.in.Package != nil {
			there = r.in.Package(p, found.name)
		}
		r.disk.now = position.Position{File: p, Line: 1, Column: 1}
		if r.points += len(found.points); r.points > MaxPoints {
			found.points = found.points[:max(0, len(found.points)-(r.points-MaxPoints))]
			r.config.MorePoints = true
			r.config.Gaps = append(r.config.Gaps, r.disk.now)
		}
		r.packages = r.packages || there != No
		for _, point := range found.points {
			r.entryPoint(p, point, there)
		}
		for _, data := range found.data {
			if there == No {
				break
			}
			r.disk.copyTo(path.Join(python.Home, dir, data.from), path.Join(prefix, data.to), true)
		}
	}
}

// entryPoint notes the entry that an entry point gives, if the repository has
// its function.
func (r *reader) entryPoint(of string, p entryPoint, there Answer) {
	for _, file := range moduleFiles(path.Dir(of), p.module) {
		text, ok := r.in.Files.Read(file)
		if !ok || len(text) > maxPython {
			continue
		}
		m := python.Read(string(text), path.Join(python.Home, file), r.in.Budget)
		fn, _ := m.Lookup(p.fn)
		def, ok := fn.(*python.Func)
		if !ok {
			continue
		}
		if entry, ok := m.Call(def).(*python.Dict); ok {
			at := position.Position{File: file, Line: def.Def.Line, Column: 1}
			r.config.Servers = append(r.config.Servers, Server{Name: p.name, Entry: entry, At: at, Read: there, Module: m, Package: of})
			return
		}
	}
	r.absent(of, p, there)
}

// absent notes an entry point of which the repository surely has not what it names,
// or has no such module at all.
func (r *reader) absent(of string, p entryPoint, there Answer) {
	a := Absent{Name: p.name, Package: of, Target: p.module + ":" + p.fn, Module: p.module, Installed: there}
	root, _, _ := strings.Cut(p.module, ".")
	own := moduleFiles(path.Dir(of), p.module)
	for file := range r.in.Files.Below("") {
		if !r.disk.spend(1) {
			return
		}
		switch rest, below := strings.CutPrefix(file, strings.TrimPrefix(path.Dir(of)+"/", "./")); {
		case slices.Contains(own, file):
			text, ok := r.in.Files.Read(file)
			if !ok || len(text) > maxPython || maybeBinds(python.Read(string(text), path.Join(python.Home, file), r.in.Budget), p.fn) {
				return
			}
			a.File, a.Own = file, true
		case below && strings.HasPrefix(strings.TrimPrefix(rest, "src/"), root+"/"):
			a.Own = true
		case slices.ContainsFunc(strings.Split(file, "/"), func(part string) bool { name, _, _ := strings.Cut(part, "."); return name == root }):
			return // it may be made of that
		}
	}
	r.config.Absent = append(r.config.Absent, a)
}

// maybeBinds says whether a module binds a name, or may.
func maybeBinds(m *python.Module, name string) bool {
	first, _, _ := strings.Cut(name, ".")
	_, bound := m.Lookup(first)
	_, asked := m.Lookup("__getattr__")
	return bound || asked || m.Cut ||
		slices.ContainsFunc(m.Imports, func(i *python.Import) bool {
			return slices.ContainsFunc(i.Names, func(n python.Imported) bool { return n.As == "" })
		}) ||
		slices.ContainsFunc(m.Calls, func(c python.Called) bool { return c.Name == "globals" || c.Name == "exec" })
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

// readSetup reads what a setup.py gives to setup().
func readSetup(m *python.Module) pack {
	var out pack
	for _, c := range m.Calls {
		if _, name, _ := cutLast(c.Name); name != "setup" {
			continue
		}
		out.name, _ = c.Named["name"].(string)
		switch points := c.Named["entry_points"].(type) {
		case string:
			for _, line := range parseINI(unindent(points))[proxyGroup] {
				out.addPoint(line.key + "=" + line.value)
			}
		case *python.Dict:
			value, _, _ := points.Get(proxyGroup)
			for _, item := range texts(value) {
				out.addPoint(item)
			}
		}
		for _, item := range items(c.Named["data_files"]) {
			pair := items(item)
			if len(pair) != 2 {
				continue
			}
			for _, from := range texts(pair[1]) {
				out.data = append(out.data, dataFile{from, path.Join(python.Text(pair[0]), path.Base(from))})
			}
		}
	}
	return out
}

func (p *pack) addPoint(text string) {
	if point, ok := parsePoint(text); ok {
		p.points = append(p.points, point)
	}
}

// items lists those of a list.
func items(v any) []any {
	if l, ok := v.(*python.List); ok {
		return l.Items
	}
	return nil
}

// texts lists the texts of a list, or the one text.
func texts(v any) []string {
	if text, ok := v.(string); ok {
		return []string{text}
	}
	var out []string
	for _, item := range items(v) {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// readProject reads a pyproject.toml: the entry points of the standard and of
// Poetry, the files of Hatchling and of setuptools.
func readProject(text []byte) pack {
	type groups map[string]map[string]string
	var file struct {
		Project struct {
			Name        string `toml:"name"`
			EntryPoints groups `toml:"entry-points"`
		} `toml:"project"`
		Tool struct {
			Poetry struct {
				Name    string `toml:"name"`
				Plugins groups `toml:"plugins"`
			} `toml:"poetry"`
			Setuptools struct {
				DataFiles map[string][]string `toml:"data-files"`
			} `toml:"setuptools"`
			Hatch struct {
				Build struct {
					Targets struct {
						Wheel struct {
							SharedData map[string]string `toml:"shared-data"`
						} `toml:"wheel"`
					} `toml:"targets"`
				} `toml:"build"`
			} `toml:"hatch"`
		} `toml:"tool"`
	}
	if tables.Decode(text, &file) != nil {
		return pack{}
	}
	out := pack{name: cmp.Or(file.Project.Name, file.Tool.Poetry.Name)}
	for _, g := range []groups{file.Project.EntryPoints, file.Tool.Poetry.Plugins} {
		for _, name := range slices.Sorted(maps.Keys(g[proxyGroup])) {
			out.addPoint(name + "=" + g[proxyGroup][name])
		}
	}
	shared := file.Tool.Hatch.Build.Targets.Wheel.SharedData
	for _, from := range slices.Sorted(maps.Keys(shared)) {
		out.data = append(out.data, dataFile{from, shared[from]})
	}
	for _, to := range slices.Sorted(maps.Keys(file.Tool.Setuptools.DataFiles)) {
		for _, from := range file.Tool.Setuptools.DataFiles[to] {
			out.data = append(out.data, dataFile{from, path.Join(to, path.Base(from))})
		}
	}
	return out
}

// readConfig reads a setup.cfg.
func readConfig(text string) pack {
	var out pack
	ini := parseINI(text)
	for _, line := range ini["metadata"] {
		if line.key == "name" {
			out.name = line.value
		}
	}
	for _, line := range ini["options.entry_points"] {
		if line.key == proxyGroup {
			for point := range strings.Lines(line.value) {
				out.addPoint(point)
			}
		}
	}
	for _, line := range ini["options.data_files"] {
		for from := range strings.FieldsSeq(strings.ReplaceAll(line.value, ",", " ")) {
			out.data = append(out.data, dataFile{from, path.Join(line.key, path.Base(from))})
		}
	}
	return out
}

// unindent drops the white space at the beginning of lines.
func unindent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, " \t"))
	}
	return b.String()
}

// iniLine is one key of an INI file, and its value, which may go over lines.
type iniLine struct{ key, value string }

// parseINI reads an INI file, as Python's configparser does: section by section.
func parseINI(text string) map[string][]iniLine {
	out := map[string][]iniLine{}
	section := ""
	var more []string // of the last key's value
	end := func() {
		if list := out[section]; len(more) > 0 {
			list[len(list)-1].value += "\n" + strings.Join(more, "\n")
			more = nil
		}
	}
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch list := out[section]; {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case trimmed[0] == '[' && trimmed[len(trimmed)-1] == ']':
			end()
			section = strings.TrimSpace(trimmed[1 : len(trimmed)-1])
		case (line[0] == ' ' || line[0] == '\t') && len(list) > 0:
			more = append(more, trimmed)
		default:
			end()
			key, value, _ := strings.Cut(trimmed, "=")
			out[section] = append(list, iniLine{strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	end()
	return out
}
