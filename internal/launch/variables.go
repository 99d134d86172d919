package launch

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// kept are the author's variables that what is started may see: what the
// system, its network and its package index need. A server on Binder has none
// of the others, and none of the author's secrets.
var kept = []string{
	"PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "USER", "LOGNAME", "SHELL",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
	"PIP_*", "UV_*", "LD_LIBRARY_PATH", "DYLD_*", "NIX_*", "SYSTEMROOT",
}

// toolVariables are those that the tools of a build see, which are the author's
// own and keep to their settings.
var toolVariables = append(slices.Clone(kept), "HOME", "XDG_*", "TMPDIR", "MAMBA_*", "CONDARC", "CONDA_PKGS_DIRS", "PYENV_*", "DOCKER_*")

// outside returns the variables for programs that look at an environment.
func outside(environ []string) []string {
	return append(keep(environ, toolVariables), "PYTHONDONTWRITEBYTECODE=1")
}

// keep returns the variables whose names are in the list.
func keep(environ, names []string) []string {
	var out []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if slices.ContainsFunc(names, func(n string) bool {
			prefix, any := strings.CutSuffix(n, "*")
			return name == n || any && strings.HasPrefix(name, prefix)
		}) {
			out = append(out, v)
		}
	}
	return out
}

// variables returns what postBuild and the server see.
func (i *Image) variables(more []string) []string {
	env := keep(os.Environ(), kept)
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

// path is the PATH of what is started: the overlay's commands, then those of
// the environment below, then the system's, without those of an environment
// that is active and not meant.
func (i *Image) path() string {
	list := []string{filepath.Join(i.Dir, ".local", "bin"), filepath.Join(i.Prefix, "bin")}
	list = append(list, i.env.scripts...)
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		other := false
		for _, variable := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
			prefix := os.Getenv(variable)
			other = other || prefix != "" && (dir == prefix || strings.HasPrefix(dir, prefix+string(filepath.Separator)))
		}
		if filepath.IsAbs(dir) && !other {
			list = append(list, dir)
		}
	}
	return strings.Join(unique(list), string(filepath.ListSeparator))
}

// lookPath finds a command among the folders of an image that are its own: one
// of another environment would run with that.
func (i *Image) lookPath(name string) (string, bool) {
	for _, dir := range []string{filepath.Join(i.Dir, ".local", "bin"), filepath.Join(i.Prefix, "bin")} {
		full := filepath.Join(dir, name)
		if info, err := os.Stat(full); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return full, true
		}
	}
	return "", false
}
