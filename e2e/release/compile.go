package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// build is the command, built for a target.
type build struct {
	target
	version string    // of the module, as the go command takes it from git
	at      time.Time // of the commit
	binary  []byte
}

// compile builds the command. What the go command writes into a program about its
// commit is where the version comes from.
func compile(root string, t target) (*build, error) {
	dir, err := os.MkdirTemp("", "bokehbinder-release")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, t.program())
	if _, err := goCommand(root, t, "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", path, "./cmd/bokehbinder"); err != nil {
		return nil, err
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b := &build{target: t, version: info.Main.Version}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			if b.at, err = time.Parse(time.RFC3339, s.Value); err != nil {
				return nil, err
			}
		}
	}
	if b.at.IsZero() || b.version == "(devel)" {
		return nil, errors.New("the go command found no commit; is this a clone, with its tags?")
	}
	if b.binary, err = os.ReadFile(path); err != nil {
		return nil, err
	}
	return b, t.fits(b.binary)
}

// goCommand runs the go command for a target. Of the environment and of go env -w
// nothing that would change the program is taken.
func goCommand(root string, t target, args ...string) ([]byte, error) {
	cmd := exec.Command("go", append([]string{args[0], "-C", root}, args[1:]...)...)
	cmd.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED=0",
		"GOENV=off", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOEXPERIMENT=", "GOFIPS140=off", "GOAMD64=v1", "GOARM64=v8.0")
	cmd.Stderr = new(bytes.Buffer)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, cmd.Stderr)
	}
	return out, nil
}

// name begins the names of the files.
func (b *build) name() string {
	return fmt.Sprintf("bokehbinder_%s_%s_%s", strings.TrimPrefix(b.version, "v"), b.os, b.arch)
}
