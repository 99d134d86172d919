package recipe

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/python"
)

const jupyter = "jupyter-server 2.21.1"

var jupyterRules = []Rule{
	{"removed-command", card.LevelError, "A Jupyter command that is gone, and fails the build",
		"postBuild runs jupyter serverextension or jupyter nbextension as its last command, or after set -e.",
		"\"Jupyter command `jupyter-serverextension` not found\", exit 1: no image is built.",
		"Measured with " + jupyter + " and repo2docker 2026.4.", "delete the line; enable the extension by a file in etc/jupyter/jupyter_server_config.d, or start the app with an entry of ServerProxy.servers"},
	{"removed-command-unseen", card.LevelError, "A Jupyter command that is gone, and does nothing",
		"postBuild runs jupyter serverextension or jupyter nbextension for a module of the repository before its last command, where a failure passes unseen. For an installed package, which enables itself, that is harmless.",
		"The command is not found, and the extension is not enabled.",
		"Measured with " + jupyter + ": exit 1, and the build goes on.", "delete the line; enable the extension by a file in etc/jupyter/jupyter_server_config.d, or start the app with an entry of ServerProxy.servers"},
	{"extension-enable-unlisted", card.LevelError, "An extension is enabled that no file lists",
		"postBuild runs jupyter server extension enable for a module of the repository that no configuration file lists in jpserver_extensions.",
		"It prints \"Validation failed: The module could not be found\", exits 0 and enables nothing.",
		"Measured with " + jupyter + ".", "install a file etc/jupyter/jupyter_server_config.d/NAME.json that lists it"},
	{"extension-not-enabled", card.LevelError, "An extension that nothing enables",
		"A module that starts the app when Jupyter loads it is listed in no jpserver_extensions, and no command enables it.",
		"Jupyter does not load it, so nothing starts the app.",
		"Measured with " + jupyter + ".", "start the app with an entry of ServerProxy.servers instead"},
	{"extension-no-loader", card.LevelError, "An extension without the function that Jupyter calls",
		"A module of the repository that jpserver_extensions lists has neither _load_jupyter_server_extension nor load_jupyter_server_extension.",
		"Jupyter logs that the extension cannot be loaded, and goes on without it.",
		"Measured with " + jupyter + "; both names are taken.", "name the function _load_jupyter_server_extension"},
	{"config-not-installed", card.LevelError, "A Jupyter configuration that is not where Jupyter looks",
		"A file with an entry of ServerProxy.servers lies outside of a folder .jupyter in the root, and postBuild does not copy it.",
		"Jupyter reads its configuration from etc/jupyter of its environment and from ~/.jupyter, not from its working directory: the address of the entry is a 404.",
		"Measured with " + jupyter + " and jupyter-server-proxy 4.6.0.", "copy it to ${NB_PYTHON_PREFIX}/etc/jupyter/ in postBuild"},
	{"config-item", card.LevelError, "An item is set of what is not a dict yet",
		"A configuration in Python sets c.ServerProxy.servers[NAME] before it gives c.ServerProxy.servers a dict.",
		"Jupyter logs \"'LazyConfigValue' object does not support item assignment\" and goes on without the whole file: the address of the entry is a 404.",
		"Measured with " + jupyter + " and traitlets 5: a dict before it, or c.ServerProxy.servers.update({NAME: …}), works.",
		"write c.ServerProxy.servers = {} before it"},
	cookieRule,
}

// jupyter reports what is wrong with how the server is configured.
func (c *checker) jupyter() {
	c.removedCommands()
	c.listedExtensions()
	c.itemsOfNothing()
	c.cookies()
	seen := map[string]bool{}
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		if seen[start.Path] || c.docker() {
			continue
		}
		seen[start.Path] = true
		switch {
		case start.Kind == inspect.StartExtension && c.facts.IsExtension(start.Path):
			c.enabled(start)
		case start.Kind != inspect.StartScript && isConfigFile(start.Path):
			c.installedConfig(start.Path)
		}
	}
}

// removedCommands reports commands of the classic notebook server.
func (c *checker) removedCommands() {
	if c.postBuild == nil {
		return
	}
	for _, cmd := range c.postBuild.commands {
		args := inspect.Unwrap(cmd.Args)
		if len(args) == 0 {
			continue
		}
		name := path.Base(args[0])
		if name == "jupyter" && len(args) > 1 {
			name = "jupyter-" + args[1]
		}
		if name != "jupyter-serverextension" && name != "jupyter-nbextension" && name != "notebook.serverextensions" {
			continue
		}
		var f *Finding
		switch c.postBuild.fate(cmd) {
		case fateFatal:
			f = c.find("removed-command", c.postBuild.path, cmd.Line, "%s is not found, and the build fails", quote(strings.Replace(name, "-", " ", 1)))
		case fateUnseen:
			module := c.ownModule(args[1:])
			if module == "" {
				continue // packages enable themselves when they are installed
			}
			f = c.find("removed-command-unseen", c.postBuild.path, cmd.Line, "%s is not found, so the extension %s is not enabled", quote(strings.Replace(name, "-", " ", 1)), module)
		default:
			continue
		}
		if line := strings.TrimSpace(lineAt(c.postBuild.text, cmd.Line)); strings.HasPrefix(line, "jupyter") && !strings.ContainsAny(line, "&|;\\") {
			f.Changes = []Change{{Path: c.postBuild.path, Line: cmd.Line, Delete: 1}}
		}
	}
}

// ownModule returns the argument that names a module of the repository.
func (c *checker) ownModule(args []string) string {
	for _, arg := range args {
		for _, f := range c.facts.Snapshot.Files() {
			if path.Ext(f.Path) == ".py" && moduleName(f.Path) == arg {
				return arg
			}
		}
	}
	return ""
}

// isConfigFile says whether a file is a Jupyter configuration by its name, or
// JSON that postBuild may install as one.
func isConfigFile(p string) bool { return inspect.IsJupyterConfig(p) || path.Ext(p) == ".json" }

// installedConfig reports a configuration that nothing installs.
func (c *checker) installedConfig(p string) {
	if strings.HasPrefix(p, ".jupyter/") || strings.Contains(p, "etc/jupyter") && !strings.HasPrefix(p, c.plan.Dir+"/") {
		return
	}
	for _, s := range []*script{c.postBuild, c.start} {
		if s != nil && (!s.shell || s.err != nil || c.handles(s, p)) {
			return
		}
	}
	f := c.find("config-not-installed", p, 0, "nothing copies it to where Jupyter looks, so its entries are not known")
	f.Changes = c.installChange(p)
}

// handles says whether a script does something with a file or a folder above
// it.
func (c *checker) handles(s *script, p string) bool {
	if strings.Contains(s.text, path.Base(p)) || strings.Contains(s.text, "JUPYTER_CONFIG") {
		return true
	}
	for _, cmd := range s.commands {
		for _, arg := range cmd.Args {
			at := path.Clean(inspect.RepoPath(cmd.Dir, arg))
			if at == p || at != "." && strings.HasPrefix(p, strings.TrimSuffix(at, "/*")+"/") {
				return true
			}
			if matched, _ := path.Match(at, p); matched {
				return true
			}
		}
	}
	return false
}

// installLines are the lines of a postBuild that install a configuration.
func installLines(p string) []string {
	target := `"${NB_PYTHON_PREFIX}/etc/jupyter/"`
	if path.Ext(p) == ".json" && !strings.HasPrefix(path.Base(p), "jupyter_") {
		target = `"${NB_PYTHON_PREFIX}/etc/jupyter/jupyter_server_config.d/"`
	}
	return []string{"mkdir -p " + target, fmt.Sprintf("cp %s %s", shellQuote(p), target)}
}

// shellQuote writes a path as one word of the shell's.
func shellQuote(p string) string {
	if strings.Trim(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == "" && !strings.HasPrefix(p, "-") {
		return p
	}
	return "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
}

// installChange makes postBuild install a configuration.
func (c *checker) installChange(p string) []Change {
	if c.postBuild == nil {
		return []Change{{Path: c.plan.Path(binder.PostBuild), Line: 1, Delete: 0, Insert: append([]string{"#!/bin/bash", "set -euo pipefail"}, installLines(p)...)}}
	}
	if !c.postBuild.shell || c.postBuild.err != nil {
		return nil
	}
	return []Change{{Path: c.postBuild.path, Line: strings.Count(strings.TrimRight(c.postBuild.text, "\n"), "\n") + 2, Delete: 0, Insert: installLines(p)}}
}

// listing holds the modules that a configuration lists as extensions.
type listing struct {
	module, path string
	line         int
}

// listings lists the extensions that JSON and Python configurations list.
func (c *checker) listings() []listing {
	var out []listing
	for _, f := range c.facts.Snapshot.Files() {
		if ext := path.Ext(f.Path); ext != ".json" && ext != ".py" {
			continue
		}
		data, ok := c.facts.Snapshot.Read(f.Path)
		if !ok || !strings.Contains(string(data), "jpserver_extensions") {
			continue
		}
		switch path.Ext(f.Path) {
		case ".json":
			for _, module := range inspect.JSONExtensions(string(data)) {
				out = append(out, listing{module, f.Path, lineOf(string(data), `"`+module+`"`)})
			}
		case ".py":
			m := c.facts.Module(f.Path)
			if m == nil {
				continue // too large
			}
			for _, s := range m.Sets {
				if !strings.HasSuffix(s.Target, "jpserver_extensions") {
					continue
				}
				if d, ok := s.Value.(*python.Dict); ok {
					for _, it := range d.Items {
						out = append(out, listing{python.Text(it.Key), f.Path, it.Line})
					}
				}
				for _, key := range s.Keys {
					out = append(out, listing{python.Text(key), f.Path, s.Line})
				}
			}
		}
	}
	return out
}

// lineOf returns the first line that has a piece of text, 0 if none has.
func lineOf(text, piece string) int {
	i := strings.Index(text, piece)
	if i < 0 {
		return 0
	}
	return strings.Count(text[:i], "\n") + 1
}

// moduleName is what a Python file is imported as.
func moduleName(p string) string {
	if path.Base(p) == "__init__.py" {
		return path.Base(path.Dir(p))
	}
	return base(p)
}

// listedExtensions reports modules that are listed and cannot be loaded.
func (c *checker) listedExtensions() {
	for _, l := range c.listings() {
		for _, f := range c.facts.Snapshot.Files() {
			if path.Ext(f.Path) != ".py" || moduleName(f.Path) != l.module || strings.Count(f.Path, "/") > 2 {
				continue
			}
			if _, ok := c.facts.Snapshot.Read(f.Path); ok && !c.facts.IsExtension(f.Path) && !c.pointsElsewhere(f.Path) {
				c.find("extension-no-loader", f.Path, 0, "%s lists it as an extension, and it has no function _load_jupyter_server_extension", l.path)
			}
		}
	}
}

// pointsElsewhere says whether a module names others as its extensions.
func (c *checker) pointsElsewhere(p string) bool {
	text := c.text(p)
	return strings.Contains(text, "extension_points") && strings.Contains(text, `"app"`) || strings.Contains(text, "import *") || strings.Contains(text, "ExtensionApp")
}

// enabled reports an extension that is not enabled. A command that is gone is
// reported already.
func (c *checker) enabled(start *inspect.Start) {
	module := moduleName(start.Path)
	for _, l := range c.listings() {
		if root, _, _ := strings.Cut(l.module, "."); l.module == module || root == path.Base(path.Dir(start.Path)) {
			return
		}
	}
	if c.postBuild == nil {
		c.find("extension-not-enabled", start.Path, 0, "nothing enables the extension %s, so the app is not started", module)
		return
	}
	if strings.Contains(c.postBuild.text, "jpserver_extensions") || !c.postBuild.shell || c.postBuild.err != nil {
		return
	}
	for _, cmd := range c.postBuild.commands {
		args := inspect.Unwrap(cmd.Args)
		i := slices.Index(args, "enable")
		switch {
		case i < 2 || !slices.Contains(args, module) && !slices.Contains(args, path.Base(path.Dir(start.Path))):
		case slices.Equal(args[:3], []string{"jupyter", "server", "extension"}) || path.Base(args[0]) == "jupyter-server":
			c.find("extension-enable-unlisted", c.postBuild.path, cmd.Line, "no file lists %s in jpserver_extensions, so this exits 0 and enables nothing", module)
			return
		default:
			return
		}
	}
	c.find("extension-not-enabled", start.Path, 0, "nothing enables the extension %s, so the app is not started", module)
}

// itemsOfNothing reports configurations that set an item of ServerProxy.servers
// before it is a dict.
func (c *checker) itemsOfNothing() {
	seen := map[string]bool{}
	for i := range c.facts.Starts {
		p := c.facts.Starts[i].Path
		if seen[p] || c.facts.Starts[i].Kind != inspect.StartProxy || path.Ext(p) != ".py" || !inspect.IsJupyterConfig(p) {
			continue
		}
		seen[p] = true
		m := c.facts.Module(p)
		if m == nil {
			continue
		}
		for _, s := range m.Sets {
			if s.Target != "ServerProxy.servers" && !strings.HasSuffix(s.Target, ".ServerProxy.servers") {
				continue
			}
			if len(s.Keys) > 0 {
				f := c.find("config-item", p, s.Line, "an item of c.ServerProxy.servers is set before that is a dict, so Jupyter leaves the whole file out")
				f.Changes = []Change{{Path: p, Line: s.Line, Insert: []string{"c.ServerProxy.servers = {}"}}}
			}
			break
		}
	}
}
