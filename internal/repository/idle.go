package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// ProxyPackage is the package that brings readers to what runs beside Jupyter.
const ProxyPackage = "jupyter-server-proxy"

// Enabling says how an extension of Jupyter's server is enabled.
type Enabling uint8

// How an extension is enabled.
const (
	// EnabledSomehow is that a list or a command enables it, or may.
	EnabledSomehow Enabling = iota
	// EnabledUnlisted is that a command should, which takes listed ones alone.
	EnabledUnlisted
	// NotEnabled is that nothing does.
	NotEnabled
)

// Enabled tells how the extension of a start is enabled, and where postBuild does
// so.
func (f *Facts) Enabled(start *Start) (how Enabling, line int) {
	module, s := ModuleName(start.Path), f.PostBuild
	pkg := path.Base(path.Dir(start.Path))
	listed := f.Listed(func(name string) bool {
		root, _, _ := strings.Cut(name, ".")
		return name == module || root == pkg
	})
	switch {
	case listed != jupyter.No:
		return EnabledSomehow, 0
	case s == nil:
		return NotEnabled, 0
	}
	for _, cmd := range s.Commands {
		args := shell.Strings(cmd.Run())
		i := slices.Index(args, "enable")
		switch {
		case i < 2 || !slices.Contains(args, module) && !slices.Contains(args, pkg):
		case slices.Equal(args[:3], []string{"jupyter", "server", "extension"}) || path.Base(args[0]) == "jupyter-server":
			return EnabledUnlisted, cmd.Line
		default:
			return EnabledSomehow, 0
		}
	}
	return NotEnabled, 0
}

// wholeImage says whether one file makes the whole image, or none is known to, so
// that what is installed is not known.
func (f *Facts) wholeImage() bool {
	return f.Docker() || f.Plan.Pack == "" || f.Plan.Pack == binder.Nix
}

// markIdle marks the starts that surely nothing runs, or of whose server surely
// nothing answers.
func (f *Facts) markIdle() {
	if f.wholeImage() {
		return
	}
	proxied := f.Installed.Has(ProxyPackage, installed.Server)
	for i := range f.Starts {
		start := &f.Starts[i]
		start.Idle = start.Idle || proxied == truth.No || start.Kind == StartExtension && f.isUnread(start)
		start.Doubtful = proxied == truth.Unknown
	}
}

// Offered says whether an app is offered at its address: something answers there, as
// far as is known, or a link of the author's leads to its server.
func (f *Facts) Offered(a *App) bool {
	if a.Start.Idle || !a.Start.Doubtful {
		return !a.Start.Idle
	}
	address, _ := a.Address()
	return slices.ContainsFunc(f.namingLinks(), func(l Link) bool {
		named := l.Place.Named()
		return address == named || strings.HasPrefix(address, named+"/") && strings.Count(named, "/") < 3 || strings.HasPrefix(named, address+"/")
	})
}

// isUnread says whether Jupyter surely does not load the module of a start.
func (f *Facts) isUnread(start *Start) bool {
	if f.IsExtension(start.Path) {
		how, _ := f.Enabled(start)
		return how != EnabledSomehow
	}
	file, ok := f.Jupyter.File(start.Path)
	return ok && file.Read == jupyter.No
}

// idleApps adds the apps of the starts that are idle, for who mends them. Beside
// apps that are served, what those serve as well is not missed, and nor is what a
// package would that nothing installs.
func (f *Facts) idleApps() {
	apps, problems := len(f.Apps), len(f.Problems)
	for i := range f.Starts {
		switch start := &f.Starts[i]; {
		case !start.Idle || apps > 0 && start.Package != "":
		case start.Serve != nil:
			f.served(start)
		default:
			f.single(start)
		}
	}
	if apps == 0 {
		return
	}
	f.Problems = f.Problems[:problems]
	var kept []Start
	for i := range f.Starts {
		start := &f.Starts[i]
		if !start.Idle || slices.ContainsFunc(f.Apps, func(a App) bool { return a.Start == start }) {
			kept = append(kept, *start)
		}
	}
	f.Starts = kept
}

// packaged says whether the package that a file such as setup.py makes of its
// folder is in the environment of Jupyter's server.
func (f *Facts) packaged(file, name string) jupyter.Answer {
	dir := path.Dir(file)
	switch {
	case f.wholeImage():
		return jupyter.Unknown
	case dir == "." && f.Plan.Kernel == "" && (f.Plan.Used("setup.py") || f.Plan.Used("pyproject.toml")):
		return jupyter.Yes
	}
	if name == "" {
		name = f.folderName(".")
	}
	there := truth.No
	for _, d := range f.Installed.Directs {
		if d.In&installed.Server != 0 {
			there = there.Or(f.brings(&d, dir, name))
		}
	}
	if f.Installed.Named(packaging.Normalize(name), installed.Server) != truth.No || f.installsMore() {
		there = there.Or(truth.Unknown)
	}
	switch there {
	case truth.Yes:
		return jupyter.Yes
	case truth.No:
		return jupyter.No
	}
	return jupyter.Unknown
}

// brings says whether what is installed from a path or an address is the package
// in a folder, of a name.
func (f *Facts) brings(d *installed.Direct, dir, name string) truth.Value {
	target := path.Clean(shell.RepoPath(d.Dir, d.Target))
	switch {
	case !d.Local && strings.Contains(d.Target, name), !d.Local && strings.Contains(d.Target, f.folderName(".")), d.Local && !f.Snapshot.IsDir(target):
		return truth.Unknown // the repository itself, or a file that was made of it
	case d.Local && target == dir:
		return d.Sure
	}
	return truth.No
}

// installsMore says whether the scripts may install what is not read of them.
func (f *Facts) installsMore() bool {
	if f.Start != nil && slices.ContainsFunc(f.Start.Commands, func(c shell.Command) bool {
		return slices.ContainsFunc(shell.Strings(c.Args), func(a string) bool { return a == "install" || a == "develop" })
	}) {
		return true
	}
	return f.PostBuild != nil && slices.ContainsFunc(f.Installed.Gaps, func(g installed.Gap) bool {
		return g.At.File == f.PostBuild.Path || slices.ContainsFunc(f.PostBuild.Commands, func(c shell.Command) bool { return c.File == g.At.File })
	})
}
