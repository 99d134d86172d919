package binder

import "slices"

// PostBuild and Start are the scripts that repo2docker runs: when the image is
// built, and around the server's command when it starts.
const (
	PostBuild = "postBuild"
	Start     = "start"
)

// environment lists the files that say what is installed, in the order in
// which a reader wants them: the whole environment before parts of it.
var environment = []string{
	"Dockerfile",
	"environment.yml", "environment.yaml",
	"requirements.txt", "requirements3.txt",
	"Pipfile", "Pipfile.lock",
	"Project.toml", "JuliaProject.toml", "Manifest.toml", "REQUIRE",
	"install.R", "DESCRIPTION",
	"default.nix",
	"runtime.txt", "apt.txt",
	"pyproject.toml", "setup.py", "setup.cfg",
}

// EnvironmentRank returns a file's place among those that say what is
// installed, by its name in the config folder or the root, or -1 if it is none
// of them.
func EnvironmentRank(name string) int { return slices.Index(environment, name) }

// EnvironmentNames lists the names of the files that say what is installed.
func EnvironmentNames() []string { return slices.Clone(environment) }

// RootOnly says whether repo2docker uses a file of this name in the root
// alone, and only where there is no config folder.
func RootOnly(name string) bool {
	switch name {
	case "pyproject.toml", "setup.py", "setup.cfg", "DESCRIPTION":
		return true
	}
	return false
}
