package environments

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

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

// Layer is an environment of its own that has all that another has. What is
// installed into it, or written below its prefix, stays in it.
type Layer struct {
	// Env is the one below.
	Env Environment
	// Prefix is the folder that it is made in, which is not there yet.
	Prefix string
	// Original is the author's folder, and Copy its copy.
	Original, Copy string
}

//go:embed layer.py
var layerModule string

// NewLayer makes the environment.
func NewLayer(ctx context.Context, l Layer) error {
	if err := l.make(ctx); err != nil {
		return err
	}
	if err := l.lay(); err != nil {
		return err
	}
	for _, prefix := range l.Env.data {
		for _, dir := range []string{"etc/jupyter", "share/jupyter"} {
			if err := copyData(filepath.Join(prefix, dir), filepath.Join(l.Prefix, dir)); err != nil {
				return fmt.Errorf("the environment's Jupyter files cannot be copied: %w", err)
			}
		}
	}
	if err := l.kernels(); err != nil {
		return err
	}
	for _, dir := range l.Env.scripts {
		if err := l.commands(dir); err != nil {
			return err
		}
	}
	return l.refusals()
}

// make makes an empty virtual environment, with pip only where the one below
// has none.
func (l Layer) make(ctx context.Context) error {
	args := []string{"-m", "venv", "--symlinks"}
	if l.Env.pip {
		args = append(args, "--without-pip")
	}
	cmd := exec.CommandContext(ctx, l.Env.Python, append(args, l.Prefix)...)
	cmd.Dir, cmd.Env = Apart(), outside()
	var out supervise.Tail
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &supervise.Error{
		Message: l.Env.Python + " makes no virtual environment: " + out.Lines(1),
		Hint:    "where the system's Python comes without it, install the package python3-venv, or activate an environment",
		Err:     err,
	}
}

// python is the path of its interpreter.
func (l Layer) python() string { return filepath.Join(l.Prefix, "bin", "python") }

// lay makes Python look into the environment below for what is not in this one.
func (l Layer) lay() error {
	sites, err := filepath.Glob(filepath.Join(l.Prefix, "lib", "*", "site-packages"))
	if err != nil || len(sites) == 0 {
		return fmt.Errorf("the environment %s has no folder for packages", l.Prefix)
	}
	data := make([]string, 0, 3)
	for _, v := range []any{l.Env.sites, l.Original, l.Copy} {
		text, err := json.Marshal(v) // which is Python, too, for lists of texts
		if err != nil {
			return err
		}
		data = append(data, string(text))
	}
	module := strings.Replace(layerModule, "@DATA@", strings.Join(data, ", "), 1)
	if err := os.WriteFile(filepath.Join(sites[0], "_bokehbinder_layer.py"), []byte(module), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(sites[0], "_bokehbinder_layer.pth"), []byte("import _bokehbinder_layer\n"), 0o644)
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
func (l Layer) kernels() error {
	specs, err := filepath.Glob(filepath.Join(l.Prefix, "share", "jupyter", "kernels", "*", "kernel.json"))
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
		if name, _ := argv[0].(string); !l.below(name) {
			continue
		}
		argv[0] = l.python()
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
func (l Layer) below(program string) bool {
	if program == l.Env.Python {
		return true
	}
	if !pythonProgram.MatchString(filepath.Base(program)) {
		return false
	}
	dir := filepath.Dir(program)
	return paths.Same(dir, filepath.Dir(l.Env.Python)) || paths.Same(dir, filepath.Join(l.Env.Prefix, "bin"))
}

// maxScript bounds the size of a script of an environment.
const maxScript = 1 << 20

// commands copies the scripts of a folder that the Python below runs, so that
// this one runs them: a server has to find itself in this environment.
func (l Layer) commands(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // a folder that is not there
	}
	for _, e := range entries {
		target := filepath.Join(l.Prefix, "bin", e.Name())
		if _, err := os.Lstat(target); err == nil {
			continue
		}
		script, ok := l.script(filepath.Join(dir, e.Name()))
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
func (l Layer) script(file string) ([]byte, bool) {
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
		if !l.below(name) {
			return nil, false
		}
		_, rest, _ = bytes.Cut(after, []byte("\n")) // the text's end
		return append([]byte(shebang(l.python(), "")), rest...), true
	}
	fields := strings.Fields(string(first[2:]))
	if len(fields) == 0 || !l.below(fields[0]) {
		return nil, false
	}
	return append([]byte(shebang(l.python(), strings.Join(fields[1:], " "))), rest...), true
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
func (l Layer) refusals() error {
	for name, why := range map[string]string{
		"conda": "here packages can be installed with pip only", "mamba": "here packages can be installed with pip only",
		"micromamba": "here packages can be installed with pip only", "sudo": "neither is there on Binder",
	} {
		text := fmt.Sprintf("#!/bin/sh\necho '%s: not run by bokehbinder: %s' >&2\nexit 127\n", name, why)
		if err := writeOver(filepath.Join(l.Prefix, "bin", name), []byte(text), 0o755); err != nil {
			return err
		}
	}
	return nil
}
