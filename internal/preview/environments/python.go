package environments

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// python chooses uv or pip, and the Python that an environment is made of: one
// of the version, which uv may download; else the one that is there.
func (t *tool) python(ctx context.Context, version string) error {
	uv, err := exec.LookPath("uv")
	hasUV := err == nil
	if hasUV {
		t.Tool, t.program = "uv", uv
	} else {
		t.Tool = "pip"
	}
	env, found := pythonOf(ctx, version)
	switch {
	case !found && hasUV && downloads(ctx, uv, version):
		t.Python = version
		return nil
	case !found:
		var err error
		if env, err = Active(ctx); err != nil {
			return err
		}
		t.Base = base(env.Short())
	}
	t.Python = env.Python + " " + env.Version
	if !hasUV {
		t.program = env.Python
	}
	return nil
}

// downloads says whether uv has a Python of the version, or can get it.
func downloads(ctx context.Context, uv, version string) bool {
	cmd := exec.CommandContext(ctx, uv, "python", "find", "--managed-python", version)
	if cmd.Run() == nil {
		return true
	}
	return exec.CommandContext(ctx, uv, "python", "install", version).Run() == nil
}

// pythonOf finds a Python of a version such as "3.12": on PATH, or among those
// of pyenv.
func pythonOf(ctx context.Context, version string) (Environment, bool) {
	var candidates []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		candidates = append(candidates, filepath.Join(dir, "python"+version))
	}
	root := os.Getenv("PYENV_ROOT")
	if home, err := os.UserHomeDir(); root == "" && err == nil {
		root = filepath.Join(home, ".pyenv")
	}
	installed, _ := filepath.Glob(filepath.Join(root, "versions", version+".*", "bin", "python"))
	slices.Sort(installed)
	candidates = append(candidates, installed...)
	candidates = append(candidates, "python3")
	for _, c := range candidates {
		if filepath.IsAbs(c) {
			if _, err := os.Stat(c); err != nil {
				continue
			}
		}
		// A shim of pyenv's is there for versions that are not, too.
		if env, err := At(ctx, c); err == nil && env.Short() == version {
			return env, true
		}
	}
	return Environment{}, false
}
