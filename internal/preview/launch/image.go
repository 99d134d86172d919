package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// ImageOptions say of what an image is made.
type ImageOptions struct {
	// Folder is the author's folder, or a checkout. It is never written to.
	Folder string
	// Env is the environment that the server runs in. It is not written to
	// either.
	Env environments.Environment
	// Scratch is a folder for the image, which must not exist or be empty.
	// [Image.Remove] removes it.
	Scratch string
	// Log gets what the build prints; it may be nil.
	Log io.Writer
	// Variables are more variables for postBuild and the server, "NAME=value":
	// BinderHub's BINDER_REPO_URL and the like.
	Variables []string
}

// Image is a repository as it is after the build: a copy of its folder, an
// environment laid over the chosen one, and what postBuild made of them.
type Image struct {
	// Dir is the copy. It is HOME and REPO_DIR, and the working directory.
	Dir string
	// Prefix is the environment of the image: NB_PYTHON_PREFIX.
	Prefix string

	scratch  string
	env      environments.Environment
	more     []string
	copy     *copied
	original string

	mu     sync.Mutex // guards what Refresh changes
	folder *environments.Folder
	log    io.Writer
}

// NewImage copies a folder and builds it: it lays an environment over the given
// one and runs postBuild. What fails as it would on Binder is an
// *[environments.BuildError], what cannot be done here a *[supervise.Error]; the
// scratch folder is then removed.
func NewImage(ctx context.Context, o ImageOptions) (*Image, error) {
	if err := supervise.Supported(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	i, err := plan(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := i.build(ctx, o.Folder); err != nil {
		return nil, undone(err, i.Remove())
	}
	return i, nil
}

// plan reads the folder and says where things go.
func plan(ctx context.Context, o ImageOptions) (*Image, error) {
	if len(o.Env.Packages()) == 0 {
		env, err := environments.At(ctx, o.Env.Python)
		if err != nil {
			return nil, err
		}
		o.Env = env
	}
	scratch, err := filepath.Abs(o.Scratch)
	if err != nil {
		return nil, err
	}
	f, err := environments.ReadFolder(ctx, o.Folder)
	if err != nil {
		return nil, err
	}
	if err := f.Fault(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		return nil, err
	}
	if scratch, err = filepath.EvalSymlinks(scratch); err != nil {
		return nil, err
	}
	if entries, err := os.ReadDir(scratch); err != nil || len(entries) > 0 {
		return nil, fmt.Errorf("the scratch folder %s is not empty (%v)", scratch, err)
	}
	i := &Image{scratch: scratch, env: o.Env, more: o.Variables, original: o.Folder, folder: f, log: o.Log}
	// An app in the root is named after the folder that it is in on Binder.
	i.Dir = filepath.Join(scratch, filepath.FromSlash(python.Home))
	i.Prefix = filepath.Join(i.conda(), "envs", "notebook")
	return i, nil
}

func (i *Image) conda() string { return filepath.Join(i.scratch, "srv", "conda") }
func (i *Image) temp() string  { return filepath.Join(i.scratch, "tmp") }

// build makes the copy and the layer, and runs postBuild.
func (i *Image) build(ctx context.Context, source string) error {
	if err := os.MkdirAll(i.temp(), 0o700); err != nil {
		return err
	}
	var err error
	if i.copy, err = newCopy(ctx, source, i.Dir, i.scratch); err != nil {
		return fmt.Errorf("the folder cannot be copied: %w", err)
	}
	for _, left := range i.copy.left {
		fmt.Fprintf(i.log, "left out: %s\n", left)
	}
	root, err := filepath.EvalSymlinks(source)
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		return err
	}
	if err := environments.NewLayer(ctx, environments.Layer{Env: i.env, Prefix: i.Prefix, Original: root, Copy: i.Dir}); err != nil {
		return err
	}
	if err := i.installLocal(ctx); err != nil {
		return err
	}
	return i.postBuild(ctx)
}

// installLocal installs what the repository holds itself into an image whose
// environment was built for it, as the build pack does: from the copy, since
// setuptools writes beside what it installs.
func (i *Image) installLocal(ctx context.Context) error {
	lines := i.read().Local()
	if !i.env.Built() || len(lines) == 0 {
		return nil
	}
	list := filepath.Join(i.temp(), "local-requirements.txt")
	if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	return i.step(ctx, "pip install", filepath.Join(i.Prefix, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", list)
}

// step runs a command of the build in the copy.
func (i *Image) step(ctx context.Context, name string, args ...string) error {
	return environments.RunStep(ctx, name, supervise.Command{Args: args, Dir: i.Dir, Env: i.variables(i.more), Output: i.log})
}

// script returns the path of one of the two scripts, seen from the copy, if the
// repository has it and repo2docker uses it.
func (i *Image) script(name string) (string, bool) {
	f := i.read()
	p, used := f.Uses(name)
	// repo2docker's default, its Python pack, uses it where none detects.
	byDefault := f.Facts.Plan.Pack == "" && f.Facts.Snapshot.IsFile(p)
	return p, used || byDefault
}

// postBuild runs the script as repo2docker does, which makes it executable and
// has a shell start it.
func (i *Image) postBuild(ctx context.Context) error {
	script, ok := i.script(binder.PostBuild)
	if !ok {
		return nil
	}
	full := filepath.Join(i.Dir, filepath.FromSlash(script))
	if err := makeExecutable(full); err != nil {
		return err
	}
	fmt.Fprintf(i.log, "%s\n", script)
	// "./.binder/postBuild" or "./postBuild"
	return i.step(ctx, script, "/bin/sh", "-c", "./"+script)
}

// makeExecutable lets a file be run, as repo2docker does with scripts.
func makeExecutable(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.Chmod(file, info.Mode().Perm()|0o111)
}

// Refresh copies what has changed in the author's folder since, and returns the
// paths, seen from the folder. What postBuild has done to the copy stays, so a
// change of a file that postBuild uses needs a new image; any other is seen by
// a server that is started after it.
func (i *Image) Refresh(ctx context.Context) ([]string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	changed, err := i.copy.sync(ctx)
	if err != nil || len(changed) == 0 {
		return changed, err
	}
	// The next server may start other apps.
	f, err := environments.ReadFolder(ctx, i.original)
	if err != nil {
		return changed, err
	}
	i.folder = f
	return changed, nil
}

// read is what is known of the folder now.
func (i *Image) read() *environments.Folder {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.folder
}

// Remove removes the scratch folder. Its servers must have been stopped.
func (i *Image) Remove() error {
	if i.copy != nil {
		i.copy.root.Close()
	}
	return environments.RemoveAll(i.scratch)
}

// undone is an error, with the one of clearing up after it, if there is one.
func undone(err, clearing error) error {
	if clearing == nil {
		return err
	}
	return errors.Join(err, clearing)
}
