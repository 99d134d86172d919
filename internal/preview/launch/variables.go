package launch

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
)

// variables returns what postBuild and the server see.
func (i *Image) variables(more []string) []string {
	env := environments.ServerVariables()
	env = append(env,
		"HOME="+i.Dir, "REPO_DIR="+i.Dir, "TMPDIR="+i.temp(),
		"CONDA_DIR="+i.conda(), "NB_PYTHON_PREFIX="+i.Prefix, "KERNEL_PYTHON_PREFIX="+i.Prefix,
		"PATH="+i.path(), "PYTHONUNBUFFERED=1",
		// The environment below may be the author's: nothing is written there.
		"PYTHONDONTWRITEBYTECODE=1",
		// An npm install -g goes where it can be found, and not elsewhere.
		"NPM_CONFIG_PREFIX="+i.Prefix,
		// Where the scratch folder is in a repository, git is not to find that.
		"GIT_CEILING_DIRECTORIES="+filepath.Dir(i.Dir),
	)
	if os.Getenv("LANG") == "" && os.Getenv("LC_ALL") == "" {
		env = append(env, "LANG=C.UTF-8")
	}
	return append(append(env, pipVariables()...), more...)
}

// pipVariables lets pip find what it would with the author's HOME: the index
// that they use, and what was downloaded before.
func pipVariables() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	var out []string
	config := filepath.Join(home, ".config", "pip", "pip.conf")
	cache := filepath.Join(home, ".cache", "pip")
	if runtime.GOOS == "darwin" {
		cache = filepath.Join(home, "Library", "Caches", "pip")
	}
	for _, file := range []string{config, filepath.Join(home, "Library", "Application Support", "pip", "pip.conf"), filepath.Join(home, ".pip", "pip.conf")} {
		if _, err := os.Stat(file); err == nil && os.Getenv("PIP_CONFIG_FILE") == "" {
			out = append(out, "PIP_CONFIG_FILE="+file)
			break
		}
	}
	if os.Getenv("PIP_CACHE_DIR") == "" {
		out = append(out, "PIP_CACHE_DIR="+cache)
	}
	return out
}

// path is the PATH of what is started: the layer's commands, then those of
// the environment below, then the system's, without those of an environment
// that is active and not meant.
func (i *Image) path() string {
	list := []string{filepath.Join(i.Dir, ".local", "bin"), filepath.Join(i.Prefix, "bin")}
	add := func(dir string) {
		if !slices.Contains(list, dir) {
			list = append(list, dir)
		}
	}
	for _, dir := range i.env.Scripts() {
		add(dir)
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		other := false
		for _, variable := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
			prefix := os.Getenv(variable)
			other = other || prefix != "" && in(prefix, dir)
		}
		if filepath.IsAbs(dir) && !other {
			add(dir)
		}
	}
	return strings.Join(list, string(filepath.ListSeparator))
}

// in says whether a path is in a folder, or that folder.
func in(folder, path string) bool {
	_, ok := paths.Rel(folder, path)
	return ok
}

// lookPath finds a command among the folders of an image that are its own: one
// of another environment would run with that.
func (i *Image) lookPath(name string) (string, bool) {
	for _, dir := range []string{filepath.Join(i.Dir, ".local", "bin"), filepath.Join(i.Prefix, "bin")} {
		full := filepath.Join(dir, name)
		if isCommand(full) {
			return full, true
		}
	}
	return "", false
}

func isCommand(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
