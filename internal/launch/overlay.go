package launch

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// overlay is an environment of its own that has all that another has. What is
// installed into it, or written below its prefix, stays in it.
type overlay struct {
	env    Environment // the one below
	prefix string
	source string // the author's folder
	copy   string // and its copy
}

//go:embed overlay.py
var overlayModule string

// newOverlay makes the environment in a folder that is not there yet.
func newOverlay(ctx context.Context, o overlay) error {
	if err := o.make(ctx); err != nil {
		return err
	}
	if err := o.lay(); err != nil {
		return err
	}
	for _, prefix := range o.env.data {
		for _, dir := range []string{"etc/jupyter", "share/jupyter"} {
			if err := copyData(filepath.Join(prefix, dir), filepath.Join(o.prefix, dir)); err != nil {
				return fmt.Errorf("the environment's Jupyter files cannot be copied: %w", err)
			}
		}
	}
	if err := o.kernels(); err != nil {
		return err
	}
	for _, dir := range o.env.scripts {
		if err := o.commands(dir); err != nil {
			return err
		}
	}
	return o.refusals()
}

// make makes an empty virtual environment, with pip only where the one below
// has none.
func (o overlay) make(ctx context.Context) error {
	args := []string{"-m", "venv", "--symlinks"}
	if o.env.pip {
		args = append(args, "--without-pip")
	}
	cmd := exec.CommandContext(ctx, o.env.Python, append(args, o.prefix)...)
	cmd.Dir, cmd.Env = os.TempDir(), outside(os.Environ())
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &Error{
		Message: o.env.Python + " makes no virtual environment: " + lastLine(string(out)),
		Hint:    "where the system's Python comes without it, install the package python3-venv, or activate an environment",
		Err:     err,
	}
}

// python is the path of its interpreter.
func (o overlay) python() string { return filepath.Join(o.prefix, "bin", "python") }

// lay makes Python look into the environment below for what is not in this one.
func (o overlay) lay() error {
	sites, err := filepath.Glob(filepath.Join(o.prefix, "lib", "*", "site-packages"))
	if err != nil || len(sites) == 0 {
		return fmt.Errorf("the environment %s has no folder for packages", o.prefix)
	}
	data := make([]string, 0, 3)
	for _, v := range []any{o.env.sites, o.source, o.copy} {
		text, err := json.Marshal(v) // which is Python, too, for lists of texts
		if err != nil {
			return err
		}
		data = append(data, string(text))
	}
	module := strings.Replace(overlayModule, "@DATA@", strings.Join(data, ", "), 1)
	if err := os.WriteFile(filepath.Join(sites[0], "_bokehbinder_overlay.py"), []byte(module), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(sites[0], "_bokehbinder_overlay.pth"), []byte("import _bokehbinder_overlay\n"), 0o644)
}

// copyData copies a folder, as far as it is there. It is copied, not linked:
// what is written into the copy may not reach the environment.
func copyData(from, to string) error {
	return filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && p == from:
			return nil
		case err != nil:
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir() && (d.Name() == "staging" || d.Name() == "runtime"):
			return fs.SkipDir // for building JupyterLab; of servers that run
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			return copyLinked(p, target)
		case !d.Type().IsRegular():
			return nil
		}
		return copyFile(p, target)
	})
}

// copyLinked copies what a symbolic link leads to, as an extension of
// JupyterLab that is being developed is linked.
func copyLinked(p, target string) error {
	info, err := os.Stat(p)
	switch {
	case err != nil:
		return nil // it leads nowhere there either
	case !info.IsDir():
		return copyFile(p, target)
	}
	real, err := filepath.EvalSymlinks(p)
	if err != nil {
		return err
	}
	return copyData(real, target)
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return writeOver(to, content, info.Mode().Perm()|0o200)
}

// writeOver writes a file in the place of whatever is there.
func writeOver(path string, content []byte, mode fs.FileMode) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, content, mode)
}

// kernels makes the kernels that run the Python below run this one.
func (o overlay) kernels() error {
	specs, err := filepath.Glob(filepath.Join(o.prefix, "share", "jupyter", "kernels", "*", "kernel.json"))
	if err != nil {
		return err
	}
	for _, file := range specs {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var spec map[string]any
		if json.Unmarshal(content, &spec) != nil {
			continue
		}
		argv, _ := spec["argv"].([]any)
		if len(argv) == 0 {
			continue
		}
		if name, _ := argv[0].(string); !o.below(name) {
			continue
		}
		argv[0] = o.python()
		changed, err := json.MarshalIndent(spec, "", " ")
		if err != nil {
			return err
		}
		if err := writeOver(file, changed, 0o644); err != nil {
			return err
		}
	}
	return nil
}

var pythonProgram = regexp.MustCompile(`^python[0-9.]*$`)

// below says whether a path is of the interpreter below.
func (o overlay) below(program string) bool {
	if program == o.env.Python {
		return true
	}
	if !pythonProgram.MatchString(filepath.Base(program)) {
		return false
	}
	dir := filepath.Dir(program)
	return sameFolder(dir, filepath.Dir(o.env.Python)) || sameFolder(dir, filepath.Join(o.env.Prefix, "bin"))
}

// sameFolder says whether two paths lead to one folder, maybe by way of links.
func sameFolder(a, b string) bool {
	if a == b {
		return true
	}
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// maxScript bounds the size of a script of an environment.
const maxScript = 1 << 20

// commands copies the scripts of a folder that the Python below runs, so that
// this one runs them: a server has to find itself in this environment.
func (o overlay) commands(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // a folder that is not there
	}
	for _, e := range entries {
		target := filepath.Join(o.prefix, "bin", e.Name())
		if _, err := os.Lstat(target); err == nil {
			continue
		}
		script, ok := o.script(filepath.Join(dir, e.Name()))
		if !ok {
			continue
		}
		if err := os.WriteFile(target, script, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// script returns a script with the interpreter in its first line exchanged, if
// it is one that the Python below runs.
func (o overlay) script(file string) ([]byte, bool) {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 || info.Size() > maxScript || !beginsWithShebang(file) {
		return nil, false
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	first, rest, _ := bytes.Cut(content, []byte("\n"))
	if string(bytes.TrimSpace(first)) == "#!/bin/sh" {
		// The form for paths that are too long or have spaces: a line that is a
		// command to the shell and a text to Python.
		second, after, _ := bytes.Cut(rest, []byte("\n"))
		quoted, ok := bytes.CutPrefix(second, []byte(`'''exec' `))
		if !ok {
			return nil, false
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(string(quoted), `"`), `"`)
		if !strings.HasPrefix(string(quoted), `"`) {
			name, _, _ = strings.Cut(string(quoted), " ")
		}
		if !o.below(name) {
			return nil, false
		}
		_, rest, _ = bytes.Cut(after, []byte("\n")) // the text's end
		return append([]byte(shebang(o.python(), "")), rest...), true
	}
	fields := strings.Fields(string(first[2:]))
	if len(fields) == 0 || !o.below(fields[0]) {
		return nil, false
	}
	return append([]byte(shebang(o.python(), strings.Join(fields[1:], " "))), rest...), true
}

func beginsWithShebang(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	var two [2]byte
	n, _ := f.Read(two[:])
	return n == 2 && string(two[:]) == "#!"
}

// maxShebang is how long a first line every system takes.
const maxShebang = 120

// shebang is the first line of a script, or its first lines where one does not
// do.
func shebang(python, options string) string {
	line := strings.TrimSpace("#!"+python+" "+options) + "\n"
	if len(line) <= maxShebang && !strings.ContainsAny(python, " \t") {
		return line
	}
	return "#!/bin/sh\n'''exec' \"" + python + "\" " + options + " \"$0\" \"$@\"\n' '''\n"
}

// refusals puts commands in the way of those that would change something
// outside: a system's packages, or the author's conda environments.
func (o overlay) refusals() error {
	for name, why := range map[string]string{
		"conda": "here packages can be installed with pip only", "mamba": "here packages can be installed with pip only",
		"micromamba": "here packages can be installed with pip only", "sudo": "neither is there on Binder",
	} {
		text := fmt.Sprintf("#!/bin/sh\necho '%s: not run by bokehbinder: %s' >&2\nexit 127\n", name, why)
		if err := writeOver(filepath.Join(o.prefix, "bin", name), []byte(text), 0o755); err != nil {
			return err
		}
	}
	return nil
}
