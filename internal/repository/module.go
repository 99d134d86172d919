package repository

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// maxPython bounds the Python that is parsed.
const maxPython = 256 << 10

// Module returns what is known of a Python file or notebook of the repository,
// parsed once. It is nil if the file was not read, is too large, or is neither, or where
// the repository's budget is used up.
func (f *Facts) Module(p string) *python.Module {
	if m, ok := f.modules[p]; ok {
		return m
	}
	var m *python.Module
	if text, ok := f.Snapshot.Read(p); ok {
		m = ReadModule(p, string(text), f.python)
	}
	f.modules[p] = m
	return m
}

// program returns what is known of a Python file that Python is told to run with
// variables of the environment, or nil.
func (f *Facts) program(p string, env map[string]string) *python.Module {
	text, ok := f.Snapshot.Read(p)
	if !ok || path.Ext(p) != ".py" {
		return nil
	}
	file := path.Join(python.Home, p)
	if len(text) > maxPython {
		f.python.Leave(file)
		return nil
	}
	return python.ReadProgram(string(text), file, env, f.python)
}

// ReadModule reads a text as [Facts.Module] reads a file of the path, within a budget;
// nil is one of its own.
func ReadModule(p, text string, b *python.Budget) *python.Module {
	whole := path.Ext(p) == ".py"
	if path.Ext(p) == ".ipynb" {
		text, whole = notebookCode(text)
	}
	if !whole {
		return nil
	}
	file := path.Join(python.Home, p)
	if len(text) > maxPython {
		b.Leave(file)
		return nil
	}
	if m := python.Read(text, file, b); !m.Cut || len(m.Stmts) > 0 {
		return m
	}
	return nil
}

// cell is a cell of a notebook.
type cell struct {
	Type   string          `json:"cell_type"`
	Source json.RawMessage `json:"source"`
}

// text is what stands in a cell.
func (c *cell) text() string {
	var lines []string
	var whole string
	if json.Unmarshal(c.Source, &lines) != nil && json.Unmarshal(c.Source, &whole) == nil {
		return whole
	}
	return strings.Join(lines, "")
}

// cells are those of a notebook. What is no notebook, such as one that was cut, has
// none that are known.
func cells(text string) (cells []cell, ok bool) {
	var notebook struct {
		Cells []cell `json:"cells"`
	}
	err := json.Unmarshal([]byte(text), &notebook)
	return notebook.Cells, err == nil
}

// notebookCode is the Python in a notebook's cells, without IPython's own
// commands.
func notebookCode(text string) (code string, ok bool) {
	all, ok := cells(text)
	var b strings.Builder
	for i := range all {
		if all[i].Type != "code" {
			continue
		}
		for line := range strings.Lines(all[i].text() + "\n") {
			if trimmed := strings.TrimLeft(line, " \t"); !strings.HasPrefix(trimmed, "%") && !strings.HasPrefix(trimmed, "!") {
				b.WriteString(line)
			}
		}
	}
	return b.String(), ok
}

// blankNotebook says whether a notebook surely has nothing in it.
func blankNotebook(text string) bool {
	all, ok := cells(text)
	written := func(c cell) bool { return strings.TrimSpace(c.text()) != "" }
	return strings.TrimSpace(text) == "" || ok && strings.Contains(text, `"cells"`) && !slices.ContainsFunc(all, written)
}

// uses says whether a module imports or calls what has a name: a function, or a
// method of whatever it is.
func uses(m *python.Module, name string) bool {
	if m == nil {
		return false
	}
	is := func(full string) bool { return full == name || strings.HasSuffix(full, "."+name) }
	return slices.ContainsFunc(m.Calls, func(c python.Called) bool { return is(c.Name) }) ||
		slices.ContainsFunc(m.Imports, func(i *python.Import) bool {
			return slices.ContainsFunc(i.Names, func(n python.Imported) bool { return is(n.Path) })
		})
}

// SetsVariable says whether a module sets a variable of the environment, or may
// set any.
func SetsVariable(m *python.Module, name string) bool {
	if m == nil {
		return false
	}
	for _, s := range m.Sets {
		if s.Target == "os.environ" && (len(s.Keys) != 1 || s.Keys[0] == name || isRef(s.Keys[0])) {
			return true
		}
	}
	for _, c := range m.Calls {
		switch c.Name {
		case "os.putenv", "os.environ.setdefault":
			if len(c.Args) > 0 && (c.Args[0] == name || isRef(c.Args[0])) {
				return true
			}
		case "os.environ.update":
			for _, arg := range c.Args {
				d, ok := arg.(*python.Dict)
				if !ok {
					return true
				}
				if _, _, ok := d.Get(name); ok {
					return true
				}
			}
			if _, ok := c.Named[name]; ok {
				return true
			}
		}
	}
	return false
}

// Sets says whether a module sets an attribute, by the end of its whole name, or
// calls a method of it.
func Sets(m *python.Module, attribute string) bool {
	if m == nil {
		return false
	}
	is := func(target string) bool { return target == attribute || strings.HasSuffix(target, "."+attribute) }
	return slices.ContainsFunc(m.Sets, func(s python.Set) bool { return is(s.Target) }) ||
		slices.ContainsFunc(m.Calls, func(c python.Called) bool {
			i := strings.LastIndexByte(c.Name, '.')
			return i > 0 && is(c.Name[:i])
		})
}

// Passes says whether a module gives an argument of one of the names to any call,
// or may do so in one of what it has from a library.
func Passes(m *python.Module, names []string, library string) bool {
	return m != nil && slices.ContainsFunc(m.Calls, func(c python.Called) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			_, ok := c.Named[name]
			return ok || c.Open && strings.HasPrefix(c.Name, library+".")
		})
	})
}

// ModuleName is what a Python file is imported as.
func ModuleName(p string) string {
	if path.Base(p) == "__init__.py" {
		return path.Base(path.Dir(p))
	}
	return Stem(p)
}
