// Command demo does bokehbinder's main job on real input: it makes git
// repositories of sample apps, serves them over HTTP on loopback, renders a
// sample post that names one of them, builds the documentation, which is a Hugo
// site that shows them, and leaves both to look at.
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

//go:embed post.md
var post string

func main() {
	out := flag.String("o", "build/demo", "the `folder` to write to")
	site := flag.Bool("site", true, "build the documentation, too")
	serve := flag.Bool("serve", false, "serve the documentation until interrupted, instead of all else")
	sync := flag.Bool("sync", false, "write the documentation's cards anew, instead of all else")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case *serve:
		err = serveSite(ctx)
	case *sync:
		err = syncSite(ctx)
	default:
		err = run(ctx, *out, *site)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string, site bool) error {
	if err := renderPost(ctx, out); err != nil || !site {
		return err
	}
	return buildSite(ctx, filepath.Join(out, "site"))
}

// renderPost renders the sample post into a page in the folder.
func renderPost(ctx context.Context, out string) error {
	page, err := filepath.Abs(filepath.Join(out, "index.html"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return withSamples(func(server *gitserve.Server) error {
		if err := runCommand(ctx, post, "render", "--page", "-o", page, "-"); err != nil {
			return err
		}
		sent, _ := server.Bytes()
		fmt.Printf("rendered internal/demo/post.md; its repository took %d requests and %d bytes\n", len(server.Requests()), sent)
		fmt.Printf("open file://%s\n", filepath.ToSlash(page))
		return nil
	})
}

// runCommand runs the bokehbinder command as a user would.
func runCommand(ctx context.Context, input string, args ...string) error {
	program := cli.Program{Stdin: strings.NewReader(input), Stdout: os.Stdout, Stderr: os.Stderr}
	if code := program.Run(ctx, args); code != cli.ExitDone {
		return fmt.Errorf("bokehbinder %s failed with exit code %d", args[0], code)
	}
	return nil
}
