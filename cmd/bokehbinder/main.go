// Command bokehbinder shows a repository's Bokeh app and its Binder files in a
// post. Run "bokehbinder --help".
package main

import (
	"os"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

func main() {
	supervise.Main()
	program := cli.Program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(program.Main(os.Args[1:]))
}
