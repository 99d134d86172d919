package inspect

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/python"
)

// setting is one step of configuring ServerProxy.servers: all entries, one, or
// one key of one.
type setting struct {
	keys  []any
	value any
	line  int
}

// proxies finds the entries of jupyter-server-proxy in Jupyter's
// configuration.
func (f *Facts) proxies(sources []source) {
	for _, src := range sources {
		if !strings.Contains(src.text, "ServerProxy") {
			continue
		}
		if path.Ext(src.target) == ".json" {
			f.entries(src.path, nil, jsonServers(src.text))
			continue
		}
		m := f.Module(src.path)
		if src.path != src.target {
			m = python.Run(python.Parse(src.text), path.Join(python.Home, src.path))
		}
		f.entries(src.path, m, gather(proxySettings(m)))
	}
}

// proxySettings lists what a module does to ServerProxy.servers, in the order of
// its lines.
func proxySettings(m *python.Module) []setting {
	if m == nil {
		return nil
	}
	var out []setting
	for _, s := range m.Sets {
		target, keys := s.Target, s.Keys
		for len(keys) > 0 && !isServers(target) { // c["ServerProxy"]["servers"]
			target, keys = target+"."+python.Text(keys[0]), keys[1:]
		}
		if isServers(target) {
			out = append(out, setting{keys, s.Value, s.Line})
		}
	}
	for _, c := range m.Calls {
		if target, ok := strings.CutSuffix(c.Name, ".update"); ok && isServers(target) && len(c.Args) == 1 {
			out = append(out, setting{nil, c.Args[0], c.Line})
		}
		if target, ok := strings.CutSuffix(c.Name, ".setdefault"); ok && isServers(target) && len(c.Args) == 2 {
			out = append(out, setting{c.Args[:1], c.Args[1], c.Line})
		}
	}
	slices.SortStableFunc(out, func(a, b setting) int { return cmp.Compare(a.line, b.line) })
	return out
}

func isServers(target string) bool {
	return target == "ServerProxy.servers" || strings.HasSuffix(target, ".ServerProxy.servers")
}

// gather makes one dict of entries of the settings.
func gather(list []setting) *python.Dict {
	servers := &python.Dict{}
	for _, s := range list {
		switch len(s.keys) {
		case 0:
			if d, ok := s.value.(*python.Dict); ok {
				for _, it := range d.Items {
					servers.Set(it.Key, it.Value, it.Line)
				}
			}
		case 1:
			servers.Set(s.keys[0], s.value, s.line)
		case 2:
			entry, _, _ := servers.Get(python.Text(s.keys[0]))
			if d, ok := entry.(*python.Dict); ok {
				d.Set(s.keys[1], s.value, s.line)
			}
		}
	}
	return servers
}

// entries notes the entries of a dict of servers. Functions in it are those of
// the module.
func (f *Facts) entries(p string, m *python.Module, servers *python.Dict) {
	for _, it := range servers.Items {
		name, ok := it.Key.(string)
		entry, isDict := it.Value.(*python.Dict)
		if ok && isDict && name != "" {
			f.entry(p, it.Line, name, entry, m)
		}
	}
}

// entry notes one entry of jupyter-server-proxy. What its command is, and
// whether it serves Bokeh apps, may be unknown.
func (f *Facts) entry(p string, line int, name string, entry *python.Dict, m *python.Module) {
	start := Start{Kind: StartProxy, Path: p, Line: line, Name: name, Entry: entry, Env: map[string]string{}}
	command, at, _ := entry.Get("command")
	if fn, ok := command.(*python.Func); ok && m != nil {
		command = m.Call(fn)
	}
	if list, ok := command.(*python.List); ok {
		start.Args = texts(list)
	}
	if at > 0 {
		start.Line = at
	}
	if env, _, _ := entry.Get("environment"); env != nil {
		if d, ok := env.(*python.Dict); ok {
			for _, it := range d.Items {
				start.Env[python.Text(it.Key)] = python.Text(it.Value)
			}
		}
	}
	before := len(f.Starts)
	f.add(start)
	if len(f.Starts) == before {
		f.Starts = append(f.Starts, start)
	}
}
