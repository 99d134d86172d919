package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// sources are the releases that are built from their sources: those without a
// build for Python 3.10 that old repositories pin, of packages that need no
// library of the system's which apt.txt could bring, and load nothing while they build.
var sources = strings.Fields(`
markupsafe==1.0 markupsafe==1.1.1
pyyaml==5.1 pyyaml==5.3.1 pyyaml==5.4.1
pandas==0.23.4 pandas==0.24.2 pandas==0.25.3 pandas==1.0.5 pandas==1.1.5 pandas==1.2.5
numpy==1.14.6 numpy==1.15.4 numpy==1.16.4 numpy==1.17.4 numpy==1.18.5 numpy==1.19.5 numpy==1.20.3
scikit-learn==0.20.3 scikit-learn==0.24.2
tornado==4.5.3 tornado==5.1.1
`)

const builtHead = `# Releases that have no build for Python 3.10 on the index, built from their sources
# there, with pip, setuptools and wheel as repo2docker's environment of that
# Python has them. Of the list in e2e/measure/built.go those are left out that were
# not done in %d minutes, or fail for want of a package that an environment may have.
# Each package was measured by itself, in %s; no other Python was.
# go run . -python PYTHON -only PACKAGE built
`

// patience is how long a build may take, in minutes.
const patience = 8

// measureBuilt builds releases from their sources. The interpreter is one of a
// virtual environment with repo2docker's pip, setuptools and wheel.
func measureBuilt(s settings) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, builtHead, patience, s.date)
	for _, what := range sources {
		name, version, _ := strings.Cut(what, "==")
		if !s.wanted(name) {
			continue
		}
		said, err := build(s.python, name, version)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(os.Stderr, name, version, said)
		if said != "" {
			fmt.Fprintf(&out, "%s %s %s\n", name, version, said)
		}
	}
	return out.String(), nil
}

// build says how a build ended, "" where that took too long or is not known of
// every environment.
func build(python, name, version string) (string, error) {
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), patience*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-m", "pip", "wheel", "-v", "--no-deps", "--no-cache-dir", "--no-binary", name, "-w", dir, name+"=="+version)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	cmd.Cancel = func() error { return stopGroup(cmd) }
	ownGroup(cmd)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", nil
	case err == nil:
		return "works", nil
	case errors.As(err, &exit):
		said := cause(log.String())
		if strings.Contains(said, "No module named 'numpy'") { // which the environment may have
			return "", nil
		}
		return "fails: " + said, nil
	}
	return "", err
}

// cause is the first error that a log has, without what pip says of it.
func cause(log string) string {
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		if errorLine.MatchString(line) || strings.Contains(line, ": error: ") || strings.HasPrefix(line, "error in ") || strings.Contains(line, "fatal error:") {
			return ownPath.ReplaceAllString(line, "")
		}
	}
	return lastLine(log)
}
