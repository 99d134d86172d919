package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// site is the folder of the documentation.
const site = "exampleSite"

// hugoCommand returns the path of the Hugo that e2e/go.mod pins. The go command
// builds it once and keeps it.
func hugoCommand(ctx context.Context) (string, error) {
	fmt.Println("finding Hugo; the first time, it is downloaded and compiled, which takes some minutes")
	cmd := exec.CommandContext(ctx, "go", "tool", "-n", "hugo")
	cmd.Dir = "e2e"
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go tool -n hugo, in the folder e2e: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// buildSite builds the documentation from its committed cards.
func buildSite(ctx context.Context, hugo, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, hugo, "build", "--quiet", "--noBuildLock", "--cleanDestinationDir", "--destination", out)
	cmd.Dir = site
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("hugo build: %w", err)
	}
	fmt.Printf("built %s into %s\n", site, out)
	return nil
}

// makeEnvironments makes what the sample apps run in, so that the first click
// need not wait for it. Where that cannot be done, all but the apps works.
func makeEnvironments(ctx context.Context, log string) {
	fmt.Println("finding Jupyter and Bokeh for the dashboards; the first time, they are downloaded, which takes a minute or two")
	err := func() error {
		f, err := os.Create(log)
		if err != nil {
			return err
		}
		defer f.Close()
		folders, err := sampleFolders()
		if err != nil {
			return err
		}
		for _, folder := range folders {
			if _, err := (&environments.Builder{Log: f}).Build(ctx, folder); err != nil {
				return err
			}
		}
		return nil
	}()
	if err == nil || ctx.Err() != nil {
		return
	}
	why := err.Error()
	var e *supervise.Error
	if errors.As(err, &e) && e.Hint != "" {
		why += " (" + e.Hint + ")"
	}
	fmt.Fprintf(os.Stderr, "warning: the dashboards cannot run, and all else works: %s; %s has the details\n", why, log)
}

// previewSite serves the documentation with the sample repositories in place of
// those that it names, and a hub that runs them.
func previewSite(ctx context.Context, hugo string) error {
	args := []string{"preview", site, "--build", "--hugo", hugo}
	folders, err := sampleFolders()
	if err != nil {
		return err
	}
	for _, folder := range folders {
		args = append(args, "--work-tree", "https://"+owner+filepath.Base(folder)+"="+folder)
	}
	return runCommand(ctx, "", args...)
}

// syncSite writes the cards of the documentation as the sample repositories are
// now.
func syncSite(ctx context.Context) error {
	return withSamples(func(*gitserve.Server) error {
		return runCommand(ctx, "", "sync", "--update", "--hugo", "no-hugo-needed", "--quiet", site)
	})
}
