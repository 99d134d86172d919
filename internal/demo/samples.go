package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// samples is the folder of the sample repositories, owner the part of the
// address before their names.
const (
	samples = "exampleSite/repositories"
	owner   = "github.com/bokehbinder/"
)

// withSamples calls f while the sample repositories are served, and git is told
// to take public repositories from there.
func withSamples(f func(*gitserve.Server) error) error {
	root, err := scratch.New("", "demo")
	if err != nil {
		return err
	}
	defer func() { _ = root.Remove() }()
	server, err := gitserve.NewServer(root.Path, gitserve.Options{})
	if err != nil {
		return err
	}
	defer server.Close()
	if err := makeRepositories(server); err != nil {
		return err
	}
	restore, err := setenv(server.Env())
	if err != nil {
		return err
	}
	defer restore()
	return f(server)
}

// sampleFolders lists the folders of the sample repositories.
func sampleFolders() ([]string, error) {
	entries, err := os.ReadDir(samples)
	if err != nil {
		return nil, fmt.Errorf("%w; run this in the project's folder", err)
	}
	folders := make([]string, len(entries))
	for i, entry := range entries {
		folders[i] = filepath.Join(samples, entry.Name())
	}
	return folders, nil
}

// makeRepositories makes a git repository of each folder of samples.
func makeRepositories(server *gitserve.Server) error {
	folders, err := sampleFolders()
	if err != nil {
		return err
	}
	for _, folder := range folders {
		files, err := gitserve.ReadFiles(folder)
		if err != nil {
			return err
		}
		address := owner + filepath.Base(folder)
		commit, err := gitserve.BuildRepo(server.RepoDir(address), files)
		if err != nil {
			return err
		}
		fmt.Printf("serving %s at %s, commit %.7s\n", address, server.URL, commit)
	}
	return nil
}

// setenv sets environment variables and returns what undoes it: a go command
// that fetches modules with git must not ask the samples' server.
func setenv(variables []string) (restore func(), err error) {
	before := make(map[string]*string)
	restore = func() {
		for key, value := range before {
			if value == nil {
				os.Unsetenv(key)
			} else {
				os.Setenv(key, *value)
			}
		}
	}
	for _, kv := range variables {
		key, value, _ := strings.Cut(kv, "=")
		if old, ok := os.LookupEnv(key); ok {
			before[key] = &old
		} else {
			before[key] = nil
		}
		if err := os.Setenv(key, value); err != nil {
			restore()
			return nil, err
		}
	}
	return restore, nil
}
