package binder_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

func TestNearly(t *testing.T) {
	for name, want := range map[string]string{
		"postBuild": "", "Postbuild": "postBuild", "post_build": "postBuild", "postBuild.sh": "postBuild", "postBuild.txt": "postBuild",
		"Start": "start", "start.sh": "", "stat": "", "requirement.txt": "requirements.txt", "requirments.txt": "requirements.txt",
		"reqiurements.txt": "requirements.txt", "requirements1.txt": "", "requirements3.txt": "", "requirements-dev.txt": "",
		"Requirements.txt": "requirements.txt", "enviroment.yml": "environment.yml", "environments.yaml": "environment.yml",
		"environment.yaml": "", "environment.json": "", "install.r": "install.R", "installs.R": "", "Install.R": "install.R", "app.txt": "",
		"Apt.txt": "apt.txt", "run-time.txt": "runtime.txt", "dockerfile": "Dockerfile", "Dockerfile.txt": "Dockerfile", "Dockerfile.dev": "",
		"pipfile": "Pipfile", "projects.toml": "", "": "",
	} {
		if got := binder.Nearly(name); got != want {
			t.Errorf("%q is nearly %q, want %q", name, got, want)
		}
	}
}
