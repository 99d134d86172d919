package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/gitserve"
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

// hugo runs Hugo in the documentation's folder.
func hugo(ctx context.Context, stdout io.Writer, args ...string) error {
	command, err := hugoCommand(ctx)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Dir = site
	cmd.Stdout, cmd.Stderr = stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("hugo %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// buildSite builds the documentation from its committed cards.
func buildSite(ctx context.Context, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if err := hugo(ctx, io.Discard, "build", "--quiet", "--cleanDestinationDir", "--destination", out); err != nil {
		return err
	}
	fmt.Printf("built %s into %s; go run ./internal/demo -serve shows it\n", site, out)
	return nil
}

// serveSite serves the documentation, as it is while somebody edits it.
func serveSite(ctx context.Context) error {
	return hugo(ctx, os.Stdout, "server", "--bind", "127.0.0.1", "--renderToMemory", "--navigateToChanged")
}

// syncSite writes the cards of the documentation as the sample repositories are
// now.
func syncSite(ctx context.Context) error {
	return withSamples(func(*gitserve.Server) error {
		return runCommand(ctx, "", "sync", "--update", "--hugo", "no-hugo-needed", "--quiet", site)
	})
}
