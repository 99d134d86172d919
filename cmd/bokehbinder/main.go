// Command bokehbinder shows a repository's Bokeh app and its Binder files in a
// post. Run "bokehbinder --help".
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/bokehbinder/bokehbinder/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	program := cli.Program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	code := program.Run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
