// Command demo does bokehbinder's main job on real input: it makes a git
// repository of a sample app, serves it over HTTP on loopback, renders a sample
// post that names it, and leaves a page to open.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/gitserve"
)

const (
	sample  = "exampleSite/repositories/tides"
	address = "github.com/bokehbinder/tides"
)

//go:embed post.md
var post string

func main() {
	out := flag.String("o", "build/demo", "the `folder` to write to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string) error {
	root, err := os.MkdirTemp("", "bokehbinder-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	server, err := gitserve.NewServer(root, gitserve.Options{})
	if err != nil {
		return err
	}
	defer server.Close()
	commit, err := build(server)
	if err != nil {
		return err
	}
	fmt.Printf("serving %s at %s, commit %.7s\n", address, server.URL, commit)
	page, err := render(ctx, server, out)
	if err != nil {
		return err
	}
	sent, _ := server.Bytes()
	fmt.Printf("rendered internal/demo/post.md; its repository took %d requests and %d bytes\n", len(server.Requests()), sent)
	fmt.Printf("open file://%s\n", filepath.ToSlash(page))
	return nil
}

func build(server *gitserve.Server) (commit string, err error) {
	files, err := gitserve.ReadFiles(sample)
	if err != nil {
		return "", err
	}
	return gitserve.BuildRepo(server.RepoDir(address), files)
}

// render runs the command as a user would, with git told to take public
// repositories from the server.
func render(ctx context.Context, server *gitserve.Server, out string) (page string, err error) {
	for _, kv := range server.Env() {
		key, value, _ := strings.Cut(kv, "=")
		if err := os.Setenv(key, value); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	page, err = filepath.Abs(filepath.Join(out, "index.html"))
	if err != nil {
		return "", err
	}
	program := cli.Program{Stdin: strings.NewReader(post), Stdout: os.Stdout, Stderr: os.Stderr}
	if code := program.Run(ctx, []string{"render", "--page", "-o", page, "-"}); code != cli.ExitDone {
		return "", fmt.Errorf("bokehbinder render failed with exit code %d", code)
	}
	return page, nil
}
