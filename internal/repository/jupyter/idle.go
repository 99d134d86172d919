package jupyter

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// IsName says whether Jupyter would read a file of this name in one of its
// folders: jupyter_server_config.py, or a JSON file in a folder
// jupyter_server_config.d, and the same for its other applications.
func IsName(p string) bool {
	dir, name := path.Split(p)
	stem, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	switch ext {
	case ".py":
		return isStem(stem)
	case ".json":
		folder := path.Base(dir)
		return isStem(stem) || strings.HasSuffix(folder, ".d") && isStem(strings.TrimSuffix(folder, ".d"))
	}
	return false
}

func isStem(stem string) bool {
	return strings.HasPrefix(stem, "jupyter_") && strings.HasSuffix(stem, "config")
}

// elsewhere are the names that other programs of Jupyter's than the server read.
var elsewhere = setOf("jupyter_console_config jupyter_qtconsole_config jupyter_nbconvert_config jupyter_execute_config jupyter_client_config jupyter_kernelspec_config")

// names are those that the server reads, where they may be told from others.
var names = setOf("jupyter_config jupyter_server_config jupyter_lab_config")

// idle notes the files that configure Jupyter and are not read, and what they
// say.
func (r *reader) idle() {
	for p := range r.in.Files.Known() {
		ext := path.Ext(p)
		if ext != ".py" && ext != ".json" || !r.in.Files.IsFile(p) {
			continue
		}
		text, ok := r.in.Files.Read(p)
		if !ok || len(text) > maxPython || !IsName(p) && !maySet(text) {
			continue
		}
		begin := position.Position{File: p, Line: 1, Column: 1}
		s := r.parse(path.Join(python.Home, p), &placed{text: string(text), begin: begin, known: true})
		servers := s.settings.lookup("ServerProxy", "servers")
		listed := s.settings.lookup("ServerApp", "jpserver_extensions")
		if !IsName(p) && !s.configures() {
			continue
		}
		r.file(p, s, servers, listed)
	}
	r.scripts()
}

// file notes a file of the repository, and what it says where that is not read.
func (r *reader) file(p string, s *parsed, servers, listed *Value) {
	read, seen := r.seen[p]
	if !seen {
		read = r.unread(p)
	}
	r.config.Files = append(r.config.Files, File{Path: p, Read: read, Servers: servers != nil, Why: r.why(p), Fault: r.faults[p]})
	if read == Yes && r.faults[p] == nil && !r.onlyLists(p) {
		return
	}
	if servers != nil {
		r.servers(servers, min(read, No))
	}
	if listed != nil && !seen {
		for _, it := range listed.Items {
			r.extension(it, min(read, No))
		}
	}
}

// why says why a file is not read.
func (r *reader) why(p string) Why {
	for _, target := range r.targets(p) {
		switch {
		case r.looksIn(path.Dir(target)):
			return WhyName
		case r.looksIn(path.Dir(path.Dir(target))):
			return WhyLists
		}
	}
	return WhyPlace
}

// targets lists the paths at which a file of the repository lies.
func (r *reader) targets(p string) []string {
	out := []string{path.Join(python.Home, p)}
	for target, f := range r.disk.files {
		if f.begin.File == p && !f.gone {
			out = append(out, target)
		}
	}
	slices.Sort(out)
	return out
}

// onlyLists says whether a file lies where its list of extensions alone is read.
func (r *reader) onlyLists(p string) bool {
	return !slices.ContainsFunc(r.targets(p), func(target string) bool { return r.looksIn(path.Dir(target)) })
}

// scripts notes what scripts write to files that configure Jupyter and are not
// read.
func (r *reader) scripts() {
	for _, target := range slices.Sorted(maps.Keys(r.disk.files)) {
		f := r.disk.files[target]
		if !f.written || f.gone || !IsName(target) {
			continue
		}
		s := r.parse(target, f)
		if IsServers(target) && r.looksIn(path.Dir(target)) && s.fault == nil {
			continue
		}
		if v := s.settings.lookup("ServerProxy", "servers"); v != nil {
			r.servers(v, min(r.unread(f.begin.File), No))
		}
	}
}

// unread says whether a file is surely not read that lies nowhere where the
// server looks.
func (r *reader) unread(p string) Answer {
	if len(r.config.Gaps) > 0 && len(r.disk.murky)+len(r.in.Murky) > 0 || r.disk.isHanded(p) {
		return Unknown
	}
	if r.packages && (path.Ext(p) == ".json" || strings.Contains("/"+p, "/etc/jupyter/")) || slices.ContainsFunc(r.targets(p), r.ofOther) {
		return Unknown // packages install such files
	}
	return No
}

// ofOther says whether a file lies where Jupyter looks and may be read by an
// application of the server that some package brings.
func (r *reader) ofOther(target string) bool {
	stem := strings.TrimSuffix(path.Base(target), path.Ext(target))
	if stem == notebookName {
		return r.notebook() == Unknown && r.looksIn(path.Dir(target))
	}
	return isStem(stem) && !elsewhere[stem] && !names[stem] && r.looksIn(path.Dir(target))
}

// looksIn says whether Jupyter looks in a folder.
func (r *reader) looksIn(dir string) bool {
	for _, d := range r.searchPath() {
		if d == dir {
			return true
		}
	}
	return false
}

// maySet says whether a text can set what is asked for: one without these words
// cannot, and need not be parsed.
func maySet(text []byte) bool {
	return slices.ContainsFunc(classes, func(class string) bool { return bytes.Contains(text, []byte(class)) })
}

// classes are those of Jupyter's server that a configuration is known by.
var classes = []string{"ServerProxy", "ServerApp", "NotebookApp"}

// configures says whether a source sets something of them.
func (s *parsed) configures() bool {
	return slices.ContainsFunc(classes, func(class string) bool { return s.settings.sections[class] != nil })
}

// IsServers says whether the server reads the entries of a file of this name in
// one of its folders.
func IsServers(p string) bool {
	stem := strings.TrimSuffix(path.Base(p), path.Ext(p))
	return names[stem] || stem == notebookName
}
