package environments

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// DefaultLimit is how many bytes of environments are kept.
const DefaultLimit = 10 << 30

// Builder makes environments from what repo2docker would install, and keeps
// them: one that was made before is there at once. The zero value is ready.
type Builder struct {
	// Dir is the folder that keeps them. The default is
	// bokehbinder/environments in the user's folder of caches.
	Dir string
	// Limit is how many bytes are kept. Those that were not used for longest go
	// first; those that are in use stay. The default is [DefaultLimit].
	Limit int64
	// Log gets what the build prints; it may be nil.
	Log io.Writer
}

func (b *Builder) cache() (cache, error) {
	if b.Dir != "" {
		dir, err := filepath.Abs(b.Dir)
		return cache{dir}, err
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return cache{}, &supervise.Error{Message: "there is no folder to keep environments in", Hint: "set HOME or XDG_CACHE_HOME", Err: err}
	}
	return cache{filepath.Join(dir, "bokehbinder", "environments")}, nil
}

// Size returns how many bytes the environments have.
func (b *Builder) Size() (int64, error) {
	c, err := b.cache()
	if err != nil {
		return 0, err
	}
	list, err := c.list()
	var sum int64
	for _, one := range list {
		sum += one.size
	}
	return sum, err
}

// Clean removes all environments that are not in use, and returns how many
// bytes they had.
func (b *Builder) Clean() (int64, error) {
	c, err := b.cache()
	if err != nil {
		return 0, err
	}
	return c.shrink(-1)
}

// Build returns the environment of the repository in a folder, and makes it
// where it is not there yet. What the repository itself is installed as is left
// to the image. While it, or an image of it, is in use, no other builder removes
// it.
//
// A step that fails is a *[BuildError]; what cannot be built here, such as a
// Dockerfile or a package of conda's that is not known to pip, a
// *[supervise.Error].
func (b *Builder) Build(ctx context.Context, dir string) (Environment, error) {
	if err := supervise.Supported(); err != nil {
		return Environment{}, err
	}
	f, err := ReadFolder(ctx, dir)
	if err != nil {
		return Environment{}, err
	}
	if err := f.Fault(); err != nil {
		return Environment{}, err
	}
	switch f.Facts.Plan.Pack {
	case binder.Docker, binder.Julia, binder.Nix, binder.R:
		return Environment{}, &supervise.Error{Message: "what the " + f.Facts.Plan.Pack + " build pack makes cannot be made without Docker",
			Hint: "let repo2docker build it with Docker, or use an environment of your own"}
	}
	r := f.requirements()
	if r.err != nil {
		return Environment{}, &BuildError{Step: "plan", Message: r.err.Error()}
	}
	t, err := b.tool(ctx, f, r)
	if err != nil {
		return Environment{}, err
	}
	return b.build(ctx, t)
}

// build gets an environment from the cache, or makes it.
func (b *Builder) build(ctx context.Context, t tool) (Environment, error) {
	c, err := b.cache()
	if err != nil {
		return Environment{}, err
	}
	log := b.Log
	if log == nil {
		log = io.Discard
	}
	waiting := func() { fmt.Fprintln(log, "waiting for another build of the same environment") }
	prefix, lock, err := c.get(ctx, t.key(), waiting, func(prefix string) error { return t.make(ctx, prefix, log) })
	if err != nil {
		return Environment{}, err
	}
	env, err := At(ctx, filepath.Join(prefix, "bin", "python"))
	if err != nil {
		lock.Close()
		return Environment{}, err
	}
	env.built, env.lock = true, lock
	limit := b.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	_, err = c.shrink(limit)
	return env, err
}

// tool makes environments.
type tool struct {
	ingredients
	program string   // the path of it, for pip that of the Python that makes the environment
	options []string // of pip's lists
}

// ingredients is all that an environment depends on.
type ingredients struct {
	Tool        string
	System      string
	Python      string   // the version, with uv and pip also whose
	Base        []string // packages that are installed first
	Lines       []string // and then, as pip has them
	Environment string   // or as conda has them
	Constraints []string
}

func (r ingredients) key() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // texts always encode
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:20]
}

// condas are the programs that make conda's environments, the fastest first.
var condas = []string{"micromamba", "mamba", "conda"}

// tool chooses what makes the environment, and of what.
func (b *Builder) tool(ctx context.Context, f *Folder, r *requirements) (tool, error) {
	version := f.Facts.Plan.Python
	if version == "" {
		version = binder.DefaultPython
	}
	t := tool{ingredients: ingredients{System: runtime.GOOS + "/" + runtime.GOARCH, Base: base(version), Constraints: r.constraints}}
	if f.Facts.Plan.Pack == binder.Conda {
		for _, name := range condas {
			if program, err := exec.LookPath(name); err == nil {
				t.Tool, t.program, t.Python = name, program, version
				return t, t.conda(f, r)
			}
		}
	}
	for _, q := range r.named {
		if q.err == nil && q.pip != "" {
			t.Lines = append(t.Lines, q.pip)
		}
	}
	if err := untranslated(r); err != nil {
		return t, err
	}
	t.Lines = append(t.Lines, r.addresses...)
	t.options = r.options
	t.Lines = append(t.Lines, withoutPaths(r.options)...)
	return t, t.python(ctx, version)
}

// withoutPaths drops the constraints' paths from options: their contents count.
func withoutPaths(options []string) []string {
	var out []string
	for _, o := range options {
		if !strings.HasPrefix(o, "-c ") {
			out = append(out, o)
		}
	}
	return out
}

// untranslated says which packages of conda's pip cannot be asked for.
func untranslated(r *requirements) error {
	var list []string
	for _, q := range r.named {
		if q.err != nil {
			list = append(list, q.place()+": "+q.err.Error())
		}
	}
	if len(list) == 0 {
		return nil
	}
	return &supervise.Error{Message: strings.Join(list, "; "),
		Hint: "install micromamba, mamba or conda, which take environment.yml as it is; or ask for the package under pip:"}
}

// base lists what repo2docker 2026.4 installs in every environment, by the names
// of the Python Package Index. jupyterhub-singleuser is a part of jupyterhub.
func base(python string) []string {
	if python == "3.7" {
		return []string{"ipywidgets==8.*", "jupyter-offlinenotebook==0.2.*", "jupyter-resource-usage==0.7.*", "jupyter_server==1.*",
			"jupyterhub==3.*", "jupyterlab==3.*", "notebook==6.*"}
	}
	return []string{"ipywidgets==8.*", "jupyter-offlinenotebook==0.3.*", "jupyter-resource-usage==1.*", "jupyter_server==2.*",
		"jupyterhub==5.*", "jupyterlab==4.*", "notebook==7.*"}
}

// make makes the environment.
func (t tool) make(ctx context.Context, prefix string, log io.Writer) error {
	switch t.Tool {
	case "uv":
		return t.withUV(ctx, prefix, log)
	case "pip":
		return t.withPip(ctx, prefix, log)
	}
	return t.withConda(ctx, prefix, log)
}

// writeLists writes pip's two lists into the environment.
func (t tool) writeLists(prefix string) (lists [2]string, err error) {
	for i, lines := range [][]string{t.Base, append(t.options[:len(t.options):len(t.options)], t.Lines...)} {
		lists[i] = filepath.Join(prefix, []string{"base.txt", "requirements.txt"}[i])
		err = errors.Join(err, os.WriteFile(lists[i], []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	}
	return lists, err
}

func (t tool) withUV(ctx context.Context, prefix string, log io.Writer) error {
	python, _, _ := strings.Cut(t.Python, " ")
	if err := RunTool(ctx, log, "uv venv", t.program, "venv", "--seed", "--python", python, prefix); err != nil {
		return err
	}
	lists, err := t.writeLists(prefix)
	if err != nil {
		return err
	}
	for _, list := range lists {
		err := RunTool(ctx, log, "uv pip install", t.program, "pip", "install", "--python", filepath.Join(prefix, "bin", "python"), "--compile-bytecode", "-r", list)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t tool) withPip(ctx context.Context, prefix string, log io.Writer) error {
	if err := RunTool(ctx, log, "python -m venv", t.program, "-m", "venv", prefix); err != nil {
		return err
	}
	lists, err := t.writeLists(prefix)
	if err != nil {
		return err
	}
	for _, list := range lists {
		err := RunTool(ctx, log, "pip install", filepath.Join(prefix, "bin", "python"), "-m", "pip", "install",
			"--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", list)
		if err != nil {
			return err
		}
	}
	return nil
}
