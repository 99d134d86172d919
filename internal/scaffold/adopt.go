package scaffold

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// adopted is how an entry starts what a command has started: as its framework's
// entries do, with the options and variables that the command had besides.
func adopted(a *repository.App) *framework.Framework {
	f := *a.Start.Call.Framework
	f.Entry.Command = append(slices.Clone(f.Entry.Command), further(a.Start.Call)...)
	f.Entry.Environment = slices.Clone(f.Entry.Environment)
	for _, name := range variables(a.Start) {
		if !slices.ContainsFunc(f.Entry.Environment, func(v framework.Variable) bool { return v.Name == name }) {
			f.Entry.Environment = append(f.Entry.Environment, framework.Variable{Name: name, Value: a.Start.Env[name]})
		}
	}
	return &f
}

// variables lists the names of the variables that a command is given, in their
// order. What it has from its own server has no name here, and what every program
// of the image has, an entry's has, too.
func variables(start *repository.Start) []string {
	image := shell.Image()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(start.Env)), func(name string) bool {
		value, given := image[name]
		return strings.Contains(name, "{") || given && start.Env[name] == value
	})
}

// appArguments is the option after which all arguments are the app's.
const appArguments = "--args"

// further lists the options of a command that an entry does not have anyway: where
// its server listens, who may reach it, and whether a browser opens.
func further(call *framework.Call) []string {
	f := call.Framework
	own := []string{f.PortOption, f.Prefix.Option, "--address", "--show", appArguments}
	for _, word := range f.Entry.Command {
		name, _, _ := strings.Cut(word, "=")
		own = append(own, name)
	}
	if f.Origin != nil {
		own = append(own, f.Origin.Option)
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(call.Options)) {
		if slices.Contains(own, name) {
			continue
		}
		for _, value := range call.Options[name] {
			switch {
			case value == "":
				out = append(out, name)
			case slices.Contains(f.Command.Listed, name):
				out = append(out, value)
			default:
				out = append(out, name+"="+value)
			}
		}
	}
	if given, ok := call.Options[appArguments]; ok {
		out = append(append(out, appArguments), given...)
	}
	return out
}

// movable says whether an entry can start an app as its own command does: alone,
// from the root, with nothing in it that is only known when it runs.
func (m *mender) movable(a *repository.App) bool {
	for i := range m.facts.Apps {
		if other := &m.facts.Apps[i]; other.Start == a.Start && other.Path != a.Path {
			return false // they keep their one server
		}
	}
	given := further(a.Start.Call)
	for _, name := range variables(a.Start) {
		given = append(given, a.Start.Env[name])
	}
	return a.Start.Dir == "" && !slices.ContainsFunc(given, func(text string) bool { return strings.ContainsAny(text, "{}") })
}

// harmless are the calls beside that of the command which an extension may have and
// still do nothing but start a server, by the ends of their names.
var harmless = strings.Fields("dict list str copy update setdefault info debug warning print getLogger join dirname abspath realpath getcwd get")

// startsOnly says whether an extension does nothing but start the apps' servers.
func (m *mender) startsOnly(file string) bool {
	module := m.facts.Module(file)
	if module == nil {
		return false
	}
	started := 0
	for i := range m.facts.Starts {
		if m.facts.Starts[i].Path == file {
			started++
		}
	}
	other := 0
	for _, call := range module.Calls {
		if !slices.Contains(harmless, strings.TrimPrefix(path.Ext("."+call.Name), ".")) {
			other++
		}
	}
	class := slices.ContainsFunc(module.Stmts, func(s python.Stmt) bool { _, is := s.(*python.Class); return is })
	sets := slices.ContainsFunc(module.Sets, func(s python.Set) bool { return !strings.HasPrefix(s.Target, "os.environ") })
	return other == started && !class && !sets
}
