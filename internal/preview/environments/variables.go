package environments

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// keptNames are the names of the author's variables that what is started may
// see: what the system, its network and its package index need. A server on
// Binder has none of the others, and none of the author's secrets.
var keptNames = []string{
	"PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "USER", "LOGNAME", "SHELL",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
	"PIP_*", "UV_*", "LD_LIBRARY_PATH", "DYLD_*", "NIX_*", "SYSTEMROOT",
}

// toolNames are the names of those that the tools of a build see, which are the
// author's own and keep to their settings.
var toolNames = append(slices.Clone(keptNames), "HOME", "XDG_*", "TMPDIR", "MAMBA_*", "CONDARC", "CONDA_PKGS_DIRS", "PYENV_*", "DOCKER_*")

// ToolVariables are the author's variables that the tools of a build see.
func ToolVariables() []string { return keep(toolNames) }

// ServerVariables are the author's variables that what a repository starts may
// see.
func ServerVariables() []string { return keep(keptNames) }

// outside returns the variables for programs that look at an environment.
func outside() []string {
	return append(ToolVariables(), "PYTHONDONTWRITEBYTECODE=1")
}

// Apart is the folder in which Python is run: it looks for modules in the one that
// it is run in first, and anybody may write them into the one for temporary files.
func Apart() string { return filepath.VolumeName(os.TempDir()) + string(filepath.Separator) }

// keep returns the variables whose names are in the list.
func keep(names []string) []string {
	var out []string
	for _, v := range os.Environ() {
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
