// Command demo does bokehbinder's main job on real input: it makes git
// repositories of sample apps, serves them over HTTP on loopback, renders a
// sample post that names one of them, and builds the documentation, which is a
// Hugo site that shows them. Then it serves the documentation with a hub on this
// machine, so that its apps really run, until it is interrupted.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

//go:embed post.md
var post string

func main() {
	supervise.Main()
	out := flag.String("o", "build/demo", "the `folder` to write to")
	site := flag.Bool("site", true, "build and serve the documentation, too")
	sync := flag.Bool("sync", false, "write the documentation's cards anew, instead of all else")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	var err error
	switch {
	case *sync:
		err = syncSite(ctx)
	case !*site:
		err = renderPost(ctx, *out)
	default:
		err = run(ctx, *out)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run does everything. What takes long, Hugo and the apps' environment, is made
// at the same time.
func run(ctx context.Context, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	serving := serves()
	made := make(chan struct{})
	if serving {
		go func() {
			defer close(made)
			makeEnvironments(ctx, filepath.Join(out, "environment.log"))
		}()
	}
	if err := renderPost(ctx, out); err != nil {
		return err
	}
	hugo, err := hugoCommand(ctx)
	if err != nil {
		return err
	}
	if err := buildSite(ctx, hugo, filepath.Join(out, "site")); err != nil {
		return err
	}
	if !serving {
		fmt.Println("nothing is served, since this is no terminal; DEMO_SERVE=1 serves the documentation with dashboards that run")
		return nil
	}
	select {
	case <-made:
	case <-ctx.Done():
		return ctx.Err()
	}
	return previewSite(ctx, hugo)
}

// serves says whether somebody is there to look at what is served: a script
// would wait for ever.
func serves() bool {
	if serve, err := strconv.ParseBool(os.Getenv("DEMO_SERVE")); err == nil {
		return serve
	}
	return term.IsTerminal(int(os.Stdout.Fd()))
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
		fmt.Printf("the page is file://%s\n", filepath.ToSlash(page))
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
