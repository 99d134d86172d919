package repo2docker

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Release is the release of jupyter-repo2docker that is compared with.
const Release = "2026.4.0"

// Python returns a Python that has repo2docker. Where there is none yet, it
// makes a virtual environment below the given folder and installs it there.
func Python(dir string) (string, error) {
	full, err := filepath.Abs(filepath.Join(dir, "repo2docker-"+Release))
	if err != nil {
		return "", err
	}
	python := filepath.Join(full, "bin", "python")
	has := func() bool { return exec.Command(python, "-c", "import repo2docker.app").Run() == nil }
	if has() {
		return python, nil
	}
	if out, err := exec.Command("python3", "-m", "venv", full).CombinedOutput(); err != nil {
		return "", fmt.Errorf("python3 makes no virtual environment: %w: %s", err, out)
	}
	install := exec.Command(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "jupyter-repo2docker=="+Release)
	install.Env = append(os.Environ(), "PIP_NO_INPUT=1")
	if out, err := install.CombinedOutput(); err != nil || !has() {
		return "", fmt.Errorf("pip does not install jupyter-repo2docker: %v: %s", err, out)
	}
	return python, nil
}
