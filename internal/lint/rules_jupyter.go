package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

const jupyterServer = "jupyter-server 2.21.1"

var jupyterRules = []*Rule{
	removedCommand, removedCommandPerhaps, removedCommandUnseen, extensionEnableUnlisted, extensionNotEnabled, extensionNoLoader, configNotInstalled, configItem, cookieUnknown,
}

// removed is a command of the classic notebook server that postBuild runs.
type removed struct {
	*shell.Command
	name string
	args []string
}

// removedCommands lists those of which a failure does what the function says
// yes to.
func (c *checker) removedCommands(want func(surely bool, f shell.Failure) bool) []removed {
	if c.facts.Classic() != truth.No {
		return nil
	}
	var out []removed
	for _, s := range c.buildScripts() {
		for i := range s.Commands {
			r, ok := asRemoved(&s.Commands[i])
			if ok && r.Runs != shell.Never && want(c.surelyRuns(s, r.Command), s.Failure(r.Command)) {
				out = append(out, r)
			}
		}
	}
	return out
}

// surelyRuns says whether a command runs if the build does not fail before it. A RUN that
// nothing leaves out, such as a && b, fails with each of its commands.
func (c *checker) surelyRuns(s *shell.Script, cmd *shell.Command) bool {
	return cmd.Runs == shell.Surely || c.facts.Image != nil && !chooses.MatchString(s.Text) && s.Failure(cmd) == shell.Ends
}

// buildScripts lists the scripts that run while the image is built, as far as they can be
// read.
func (c *checker) buildScripts() []*shell.Script {
	all := []*shell.Script{c.facts.PostBuild}
	if c.facts.Image != nil {
		all = c.facts.Image.Runs
	}
	return slices.DeleteFunc(slices.Clone(all), func(s *shell.Script) bool { return !readable(s) })
}

// asRemoved is a command as one of the classic notebook server, if it is one.
func asRemoved(cmd *shell.Command) (removed, bool) {
	args, name := shell.Strings(cmd.Run()), cmd.Program()
	if name == "jupyter" && len(args) > 1 {
		name = "jupyter-" + args[1]
	}
	if name != "jupyter-serverextension" && name != "jupyter-nbextension" && name != "notebook.serverextensions" {
		return removed{}, false
	}
	return removed{cmd, quote(strings.Replace(name, "-", " ", 1)), args[1:]}, true
}

// removeChange deletes the lines of a command that has them for itself.
func (c *checker) removeChange(r removed) []Change {
	if !r.Span.Alone || c.facts.Docker() {
		return nil
	}
	return []Change{{Path: r.File, Line: r.Span.First, Delete: r.Span.Last - r.Span.First + 1}}
}

var removedCommand = &Rule{
	ID:       "removed-command",
	Level:    card.LevelError,
	Title:    "A Jupyter command that is gone, and fails the build",
	When:     "postBuild runs jupyter serverextension or jupyter nbextension as its last command, or after set -e, on another Python than 3.7, whose environment still has them; or a Dockerfile runs them that is from an image of Jupyter's or Python's whose tag says that it is of late 2023 or newer. Nothing is said where the kernel has an environment of its own that may have them, or where an older notebook or JupyterLab is pinned, or conda is asked for a tornado before 6.2, which only those take.",
	Why:      "\"Jupyter command `jupyter-serverextension` not found\", exit 1: no image is built.",
	Evidence: "Measured with " + jupyterServer + " and repo2docker 2026.4; with its lock for Python 3.7, notebook 6.5.6 and jupyter_server 1.23.4, both exit with 0. Jupyter's images have notebook 7 with nbclassic, whose own commands have other names.",
	Fix:      "delete the line; enable the extension by a file in etc/jupyter/jupyter_server_config.d, or start the app with an entry of ServerProxy.servers",
	Check:    checkRemovedCommand,
}

func checkRemovedCommand(c *checker) {
	for _, r := range c.removedCommands(func(surely bool, f shell.Failure) bool { return surely && f == shell.Ends }) {
		f := c.reportAt(r.Place, "%s is not found, and the build fails", r.name)
		f.Changes = c.removeChange(r)
	}
}

var removedCommandPerhaps = &Rule{
	ID:       "removed-command-perhaps",
	Level:    card.LevelWarning,
	Title:    "A Jupyter command that is gone, and may fail the build",
	When:     "postBuild runs jupyter serverextension or jupyter nbextension under a condition that depends on more than the repository, where a failure ends the script.",
	Why:      "\"Jupyter command `jupyter-serverextension` not found\", exit 1: where the condition holds, no image is built.",
	Evidence: "Measured with " + jupyterServer + " and repo2docker 2026.4.",
	Fix:      "delete the line; enable the extension by a file in etc/jupyter/jupyter_server_config.d, or start the app with an entry of ServerProxy.servers",
	Check:    checkRemovedCommandPerhaps,
}

func checkRemovedCommandPerhaps(c *checker) {
	for _, r := range c.removedCommands(func(surely bool, f shell.Failure) bool {
		return f == shell.Unclear || f == shell.Ends && !surely
	}) {
		f := c.reportAt(r.Place, "%s is not found; if this line runs, the build may fail", r.name)
		f.Changes = c.removeChange(r)
	}
}

var removedCommandUnseen = &Rule{
	ID:       "removed-command-unseen",
	Level:    card.LevelError,
	Title:    "A Jupyter command that is gone, and does nothing",
	When:     "postBuild runs jupyter serverextension or jupyter nbextension for a module of the repository before its last command, where a failure passes unseen. For an installed package, which enables itself, that is harmless.",
	Why:      "The command is not found, and the extension is not enabled.",
	Evidence: "Measured with " + jupyterServer + ": exit 1, and the build goes on.",
	Fix:      "delete the line; enable the extension by a file in etc/jupyter/jupyter_server_config.d, or start the app with an entry of ServerProxy.servers",
	Check:    checkRemovedCommandUnseen,
}

func checkRemovedCommandUnseen(c *checker) {
	for _, r := range c.removedCommands(func(surely bool, f shell.Failure) bool { return surely && f == shell.Unseen }) {
		module := c.ownModule(r.args)
		if module == "" {
			continue // packages enable themselves when they are installed
		}
		f := c.reportAt(r.Place, "%s is not found, so the extension %s is not enabled", r.name, module)
		f.Changes = c.removeChange(r)
	}
}

// ownModule returns the argument that names a module of the repository.
func (c *checker) ownModule(args []string) string {
	for _, arg := range args {
		if _, ok := c.facts.Snapshot.Module(arg); ok {
			return arg
		}
	}
	return ""
}

// startFiles lists the files in which starts stand, with the first start of
// each. What a Dockerfile makes of them is its own affair.
func (c *checker) startFiles() []*repository.Start {
	var out []*repository.Start
	seen := map[string]bool{}
	for i := range c.facts.Starts {
		if start := &c.facts.Starts[i]; !seen[start.Path] && !c.facts.Docker() {
			seen[start.Path] = true
			out = append(out, start)
		}
	}
	return out
}

var configNotInstalled = &Rule{
	ID:       "config-not-installed",
	Level:    card.LevelError,
	Title:    "A Jupyter configuration that is not where Jupyter looks",
	When:     "A file with an entry of ServerProxy.servers lies outside of a folder .jupyter in the root, and postBuild does not copy it; or a package of the repository has such an entry, and nothing installs the package. Nothing is said of a package beside other apps.",
	Why:      "Jupyter reads its configuration from etc/jupyter of its environment and from ~/.jupyter, not from its working directory, and the proxy asks installed packages alone: the address of the entry is a 404.",
	Evidence: "Measured with " + jupyterServer + " and jupyter-server-proxy 4.6.0.",
	Fix:      "copy it to ${NB_PYTHON_PREFIX}/etc/jupyter/ in postBuild",
	Check:    checkConfigNotInstalled,
}

func checkConfigNotInstalled(c *checker) {
	starts := map[string]bool{}
	for _, start := range c.startFiles() {
		starts[start.Path] = start.Kind == repository.StartExtension && !c.facts.IsExtension(start.Path)
	}
	for _, f := range c.facts.Jupyter.Files {
		if c.facts.Docker() || !(f.Servers || starts[f.Path]) {
			continue
		}
		switch {
		case f.Why == jupyter.WhyLists && f.Servers && f.Read != jupyter.Unknown:
			c.report(f.Path, 0, "Jupyter reads nothing but lists of extensions from this folder, so the entries of this file have no effect")
		case f.Read != jupyter.No:
		case f.Why == jupyter.WhyName:
			c.report(f.Path, 0, "Jupyter's server does not read files of this name, so the entries of this one have no effect")
		default:
			found := c.report(f.Path, 0, "nothing copies this file to where Jupyter looks, so its entries have no effect")
			found.Changes = c.installChange(f.Path)
		}
	}
	c.packagesNotInstalled()
}

// packagesNotInstalled reports the packages of the repository that have entries and
// are not installed.
func (c *checker) packagesNotInstalled() {
	told := map[string]bool{}
	for _, s := range c.facts.Jupyter.Servers {
		served := func(start *repository.Start) bool { return start.Package == s.Package }
		if s.Package == "" || s.Read != jupyter.No || told[s.Package] || !slices.ContainsFunc(c.entries(), served) {
			continue
		}
		told[s.Package] = true
		f := c.report(s.Package, 0, "nothing installs the package of this file, so its entry %q has no effect", s.Name)
		f.Fix = "write pip install " + strings.Replace("./"+path.Dir(s.Package), "./.", ".", 1) + " into postBuild"
	}
}

// InstallLines are the lines of a postBuild that install a configuration.
func InstallLines(p string) []string {
	const folder = `"${NB_PYTHON_PREFIX}/etc/jupyter/"`
	target := folder
	if !jupyter.IsServers(p) {
		target = `"${NB_PYTHON_PREFIX}/etc/jupyter/jupyter_server_config` + path.Ext(p) + `"`
	}
	return []string{"mkdir -p " + folder, fmt.Sprintf("cp %s %s", shellQuote(p), target)}
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
	if c.facts.PostBuild == nil {
		return []Change{{Path: c.facts.Plan.Path(binder.PostBuild), Line: 1, Delete: 0, Insert: append([]string{"#!/bin/bash", "set -euo pipefail"}, InstallLines(p)...)}}
	}
	if !c.facts.PostBuild.Shell || c.facts.PostBuild.Err != nil {
		return nil
	}
	return []Change{{Path: c.facts.PostBuild.Path, Line: strings.Count(strings.TrimRight(c.facts.PostBuild.Text, "\n"), "\n") + 2, Delete: 0, Insert: InstallLines(p)}}
}

var extensionNoLoader = &Rule{
	ID:       "extension-no-loader",
	Level:    card.LevelError,
	Title:    "An extension without the function that Jupyter calls",
	When:     "A module of the repository that jpserver_extensions lists has neither _load_jupyter_server_extension nor load_jupyter_server_extension.",
	Why:      "Jupyter logs that the extension cannot be loaded, and goes on without it.",
	Evidence: "Measured with " + jupyterServer + "; both names are taken.",
	Fix:      "name the function _load_jupyter_server_extension",
	Check:    checkExtensionNoLoader,
}

// checkExtensionNoLoader reports modules that are listed and cannot be loaded.
func checkExtensionNoLoader(c *checker) {
	for _, l := range c.facts.Jupyter.Extensions {
		if l.On != jupyter.Yes {
			continue
		}
		for _, f := range c.facts.Snapshot.Known() {
			if path.Ext(f.Path) != ".py" || repository.ModuleName(f.Path) != l.Module || strings.Count(f.Path, "/") > 2 {
				continue
			}
			if m := c.facts.Module(f.Path); m != nil && !c.facts.IsExtension(f.Path) && !pointsElsewhere(m) {
				c.report(f.Path, 0, "%s lists it as an extension, and it has no function _load_jupyter_server_extension", l.At.File)
			}
		}
	}
}

// pointsElsewhere says whether a module may name others as its extensions, or
// have its function from elsewhere.
func pointsElsewhere(m *python.Module) bool {
	for _, name := range []string{"_jupyter_server_extension_points", "_jupyter_server_extension_paths"} {
		if _, ok := m.Lookup(name); ok {
			return true
		}
	}
	return slices.ContainsFunc(m.Imports, func(i *python.Import) bool {
		return slices.ContainsFunc(i.Names, func(n python.Imported) bool {
			return n.As == "" || strings.HasSuffix(n.Path, ".ExtensionApp")
		})
	})
}

// extensions lists the starts of extensions that Jupyter could load.
func (c *checker) extensions() []*repository.Start {
	var out []*repository.Start
	for _, start := range c.startFiles() {
		if start.Kind == repository.StartExtension && c.facts.IsExtension(start.Path) {
			out = append(out, start)
		}
	}
	return out
}

var extensionEnableUnlisted = &Rule{
	ID:       "extension-enable-unlisted",
	Level:    card.LevelError,
	Title:    "An extension is enabled that no file lists",
	When:     "postBuild runs jupyter server extension enable for a module of the repository that no configuration file lists in jpserver_extensions.",
	Why:      "It prints \"Validation failed: The module could not be found\", exits 0 and enables nothing.",
	Evidence: "Measured with " + jupyterServer + ".",
	Fix:      "install a file etc/jupyter/jupyter_server_config.d/NAME.json that lists it",
	Check:    checkExtensionEnableUnlisted,
}

func checkExtensionEnableUnlisted(c *checker) {
	for _, start := range c.extensions() {
		if how, line := c.facts.Enabled(start); how == repository.EnabledUnlisted {
			c.report(c.facts.PostBuild.Path, line, "no file lists %s in jpserver_extensions, so this command enables nothing, though it exits with 0", repository.ModuleName(start.Path))
		}
	}
}

var extensionNotEnabled = &Rule{
	ID:       "extension-not-enabled",
	Level:    card.LevelError,
	Title:    "An extension that nothing enables",
	When:     "A module that starts the app when Jupyter loads it is listed in no jpserver_extensions, nor in nbserver_extensions of a jupyter_notebook_config.json, and no command enables it.",
	Why:      "Jupyter does not load it, so nothing starts the app.",
	Evidence: "Measured with " + jupyterServer + ". With notebook 7.6.5 beside jupyterlab 4.6.6 its shim reads NotebookApp.nbserver_extensions of a jupyter_notebook_config.json; in a jupyter_notebook_config.py nobody reads it.",
	Fix:      "start the app with an entry of ServerProxy.servers instead",
	Check:    checkExtensionNotEnabled,
}

func checkExtensionNotEnabled(c *checker) {
	for _, start := range c.extensions() {
		if how, _ := c.facts.Enabled(start); how == repository.NotEnabled {
			name, why := repository.ModuleName(start.Path), ""
			list := c.classicList()
			if list != "" {
				why = fmt.Sprintf(": Jupyter's server takes no list of extensions from %s", repository.DisplayPath(list))
			}
			f := c.report(start.Path, 0, "nothing enables the extension %s, so the app is not started%s", name, why)
			if list != "" {
				f.Fix = fmt.Sprintf("set c.ServerApp.jpserver_extensions = {%q: True} in a jupyter_server_config.py beside it, or start the app with an entry of ServerProxy.servers instead", name)
			}
		}
	}
}

// classicList is the configuration in Python that lists extensions as the classic
// notebook had them, "" where there is none.
func (c *checker) classicList() string {
	for _, f := range c.facts.Snapshot.Known() {
		if path.Base(f.Path) != "jupyter_notebook_config.py" {
			continue
		}
		if m := c.facts.Module(f.Path); repository.Sets(m, "NotebookApp.nbserver_extensions") || repository.Sets(m, "NotebookApp.server_extensions") {
			return f.Path
		}
	}
	return ""
}

var configItem = &Rule{
	ID:       "config-item",
	Level:    card.LevelError,
	Title:    "An item is set of what is not a dict yet",
	When:     "A configuration in Python sets c.ServerProxy.servers[NAME], or calls a method such as setdefault, before it gives c.ServerProxy.servers a dict; or it gives c.ServerProxy itself one.",
	Why:      "Jupyter logs \"'LazyConfigValue' object does not support item assignment\" or the like and goes on without the whole file: the address of the entry is a 404.",
	Evidence: "Measured with " + jupyterServer + " and traitlets 5: a dict before it, or c.ServerProxy.servers.update({NAME: …}), works.",
	Fix:      "write c.ServerProxy.servers = {} before it",
	Check:    checkConfigItem,
}

// checkConfigItem reports configurations that Jupyter leaves out, since they take
// a setting for a dict before it is one.
func checkConfigItem(c *checker) {
	for _, f := range c.facts.Jupyter.Files {
		if f.Fault == nil || f.Fault.Kind == jupyter.FaultJSON || c.facts.Docker() {
			continue
		}
		found := c.reportAt(f.Fault.At, "%s, so Jupyter leaves the whole file out", f.Fault.Text)
		if f.Fault.Kind == jupyter.FaultItem && f.Fault.At.Column == 1 {
			found.Changes = []Change{{Path: f.Path, Line: f.Fault.At.Line, Insert: []string{f.Fault.Setting + " = {}"}}}
		}
	}
}
