package installed

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// Command is one command of postBuild.
type Command struct {
	At position.Position
	// Args are its words, without what only stands before a command, such as
	// nohup or sudo. What is not known of them stands in braces.
	Args []string
	// Dir is its working directory, from the repository's root; "" is the root.
	Dir string
	// Keeps says that it makes no files.
	Keeps bool
	// Runs says whether it is run, and Fails whether the build fails where it
	// does.
	Runs, Fails truth.Value
}

// run is a command that installs something.
type run struct {
	*reader
	Command
	in Environment
}

var (
	pipName    = regexp.MustCompile(`^pip[0-9.]*$`)
	pythonName = regexp.MustCompile(`^python[0-9.]*$`)
	// others are programs that may install packages of Python's that are not
	// read here.
	others = []string{"make", "bash", "sh", "dash", "zsh", "source", ".", "pipenv", "poetry", "pdm", "pixi", "rye", "hatch", "flit", "easy_install", "invoke", "doit", "spacy"}
)

// commands reads what postBuild installs.
func (r *reader) commands(list []Command) {
	for _, c := range list {
		if len(c.Args) > 0 && c.Runs != truth.No {
			r.next()
			run := &run{r, c, r.where(c.Args[0])}
			run.dispatch()
			r.made = r.made || !c.Keeps
		}
	}
}

// where says which environment a program belongs to. On the PATH, the server's
// comes first.
func (r *reader) where(program string) Environment {
	if strings.Contains(program, "KERNEL_PYTHON_PREFIX") || strings.Contains(program, "/envs/kernel/") {
		return r.kernel()
	}
	return r.server()
}

// dispatch tells installers from other commands.
func (c *run) dispatch() {
	program, args := path.Base(c.Args[0]), c.Args[1:]
	switch {
	case pipName.MatchString(program):
		c.pip(args)
	case pythonName.MatchString(program):
		c.python(args)
	case program == "uv" && len(args) > 0 && args[0] == "pip":
		c.pip(args[1:])
	case program == "conda" || program == "mamba" || program == "micromamba" || program == "{MAMBA_EXE}":
		c.in = c.kernel()
		c.conda(args)
	case program == "uv" || slices.Contains(others, program) || strings.Contains(c.Args[0], "{") || strings.HasPrefix(c.Args[0], "./"):
		c.opaque(c.Args[0])
	}
}

func (c *run) opaque(what string) { c.gap(c.At, c.in, what+" may install anything") }

// python reads "python -m pip …" and "python setup.py …".
func (c *run) python(args []string) {
	for i, arg := range args {
		switch {
		case arg == "-m" && i+1 < len(args):
			if module := args[i+1]; module == "pip" {
				c.pip(args[i+2:])
			} else if slices.Contains(others, module) {
				c.opaque(module)
			}
			return
		case path.Base(arg) == "setup.py":
			if slices.Contains(args[i:], "install") || slices.Contains(args[i:], "develop") {
				c.target(packaging.ParseArgument("./" + path.Dir(arg)))
			}
			return
		case !strings.HasPrefix(arg, "-") || arg == "-c":
			c.opaque("python " + arg)
			return
		}
	}
}

// option reads an option at the beginning of arguments: its name, its value if
// it takes one, and the arguments that follow.
func option(args, valued []string) (name, value string, rest []string) {
	name, value, inline := strings.Cut(args[0], "=")
	rest = args[1:]
	if strings.HasPrefix(name, "-") && !strings.HasPrefix(name, "--") && len(name) > 2 && slices.Contains(valued, name[:2]) {
		return name[:2], args[0][2:], rest
	}
	if !inline && slices.Contains(valued, name) && len(rest) > 0 {
		return name, rest[0], rest[1:]
	}
	return name, value, rest
}

var pipValued = strings.Fields("-r --requirement --requirements -c --constraint --constraints -e --editable -i --index-url --extra-index-url --index --default-index " +
	"-f --find-links -t --target --prefix --root --no-binary --only-binary --progress-bar --cache-dir --log --proxy --retries --timeout " +
	"--trusted-host --upgrade-strategy --python -p --platform --python-version --implementation --abi --src --config-settings -C " +
	"--global-option --install-option --use-feature --use-deprecated --cert --client-cert --exists-action --report --group --python --override")

// pip reads the arguments of pip.
func (c *run) pip(args []string) {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		_, _, args = option(args, pipValued)
	}
	switch {
	case len(args) == 0:
		return
	case args[0] == "uninstall":
		c.remove(args[1:], pipValued)
		return
	case args[0] == "sync":
		c.opaque("pip sync")
		return
	case args[0] != "install":
		return
	}
	l := c.list()
	l.alone = slices.Contains(args, "--no-deps")
	if slices.Contains(args, "--dry-run") {
		return
	}
	for args = args[1:]; len(args) > 0; {
		if !strings.HasPrefix(args[0], "-") {
			c.argument(l, packaging.ParseArgument(args[0]))
			args = args[1:]
			continue
		}
		name, value, rest := option(args, pipValued)
		args = rest
		switch name {
		case "-r", "--requirement", "--requirements":
			c.file(l, packaging.Include, value)
		case "-c", "--constraint", "--constraints":
			c.file(l, packaging.Constraint, value)
		case "-e", "--editable":
			c.argument(l, packaging.ParseEditable(value))
		case "-i", "--index-url", "--extra-index-url", "--index", "--default-index", "-f", "--find-links":
			c.set.Settings = append(c.set.Settings, Setting{c.At, name + " " + value})
		case "-t", "--target", "--prefix", "--root", "--group", "--python", "-p":
			c.gap(c.At, c.in, name+" chooses where it goes")
		}
	}
}

// list is pip's own list: its command line.
func (c *run) list() list {
	return list{path: "the command", in: c.in, kind: packaging.Include, dir: c.Dir, later: c.made || strings.Contains(c.Dir, "{"), sure: c.Runs, fails: c.Runs.And(c.Fails)}
}

func (c *run) target(line packaging.Line) { c.argument(c.list(), line) }

// argument notes what pip is asked for on its command line.
func (c *run) argument(l list, line packaging.Line) {
	if strings.Contains(line.Text, "{") {
		c.opaque(line.Text)
		return
	}
	c.line(l, c.At, line)
}

// file reads a list that pip is given.
func (c *run) file(l list, kind packaging.Kind, name string) {
	switch {
	case strings.Contains(name, "{"), strings.Contains(name, "://"):
		c.gap(c.At, c.in, name+" is not known")
		return
	case !path.IsAbs(name):
		name = path.Join(c.Dir, name)
	}
	l.path, l.kind = name, kind
	if kind == packaging.Constraint {
		c.set.Constraints = append(c.set.Constraints, List{c.At, name})
	}
	c.reader.list(l, c.At)
}

// remove notes what is taken out again.
func (c *run) remove(args, valued []string) {
	for len(args) > 0 {
		if strings.HasPrefix(args[0], "-") {
			_, _, args = option(args, valued)
			continue
		}
		if r, err := packaging.ParseRequirement(args[0]); err == nil {
			c.set.removed[r.Name] = true
		}
		args = args[1:]
	}
}

var condaValued = strings.Fields("-n --name -p --prefix -c --channel --file -f --solver --repodata-fn --platform --subdir --extra-safety-checks")

// conda reads the arguments of conda and its like.
func (c *run) conda(args []string) {
	update := len(args) > 1 && args[0] == "env" && args[1] == "update"
	if update {
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	command := args[0]
	var files, packages []string
	for args = args[1:]; len(args) > 0; {
		if !strings.HasPrefix(args[0], "-") {
			packages = append(packages, args[0])
			args = args[1:]
			continue
		}
		name, value, rest := option(args, condaValued)
		args = rest
		switch name {
		case "-n", "--name", "-p", "--prefix":
			if !c.prefix(value) {
				return
			}
		case "--file", "-f":
			files = append(files, value)
		}
	}
	switch {
	case update || command == "install" || command == "update" || command == "upgrade":
		c.condaFiles(files, update)
		c.condaPackages(packages)
	case command == "remove" || command == "uninstall":
		c.remove(packages, nil)
	}
}

// prefix takes the environment that conda is told. It says whether that is one
// that counts here.
func (c *run) prefix(value string) bool {
	switch base := path.Base(value); {
	case strings.Contains(value, "NB_PYTHON_PREFIX"), base == "notebook":
		c.in = c.server()
	case strings.Contains(value, "KERNEL_PYTHON_PREFIX"), base == "kernel", strings.Contains(value, "CONDA_DEFAULT_ENV"):
		c.in = c.kernel()
	case strings.Contains(value, "{"):
		c.opaque("conda")
		return false
	default:
		return false
	}
	return true
}

func (c *run) condaPackages(packages []string) {
	for _, text := range packages {
		if strings.Contains(text, "{") || strings.Contains(text, "/") {
			c.opaque(text)
			continue
		}
		c.condaPackage(text, c.At, c.in, c.Runs, c.Runs.And(c.Fails))
	}
}

// condaFiles reads the files that conda is given: an environment.yml, or a list
// of packages.
func (c *run) condaFiles(files []string, update bool) {
	if update && len(files) == 0 {
		files = []string{"environment.yml"}
	}
	for _, name := range files {
		p := path.Join(c.Dir, name)
		content, ok := c.files.Read(p)
		if !ok || strings.Contains(name, "{") || path.IsAbs(name) {
			c.gap(c.At, c.in, name+" was not read")
			continue
		}
		if ext := path.Ext(p); update || ext == ".yml" || ext == ".yaml" {
			env := binder.ParseEnvironment(p, content)
			if env.Err != "" {
				c.broken(position.Position{File: p, Line: env.Line, Column: 0}, p, errors.New(env.Err), c.Runs.And(c.Fails), c.in)
				continue
			}
			c.environment(env, c.in, c.Runs, c.Runs.And(c.Fails))
			continue
		}
		number := 0
		for line := range strings.Lines(string(content)) {
			number++
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "@") {
				c.condaPackage(line, position.Position{File: p, Line: number, Column: 1}, c.in, c.Runs, c.Runs.And(c.Fails))
			}
		}
	}
}
