// Package cli is the bokehbinder command: one file for each of its commands,
// and what they share.
//
// Stories tell what a command does, each in a file of e2e/cli/testdata:
//
//	assets    assets
//	badge     badge
//	card      card, limits, noapp, notebooks, linked
//	check     check
//	expand    expand, expand-forms
//	init      init, edits
//	preview   preview
//	render    render, bad, files, frontmatter, jekyll, many, neartag, pieces, render-alone, render-language
//	sync      sync, sync-failures, sync-pieces, sync-summary, sync-versions
//	tag       tag
//	all       interrupt, network, nogit, progress, usage, where
package cli

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
)

// Exit codes of the command.
const (
	ExitDone       = 0 // everything was done
	ExitInput      = 1 // something in the input is wrong; all of it was said
	ExitUsage      = 2 // the command line is wrong
	ExitUnreadable = 3 // a repository could not be read

	// Stopped by a signal, as shells count it.
	ExitInterrupted = 130
	ExitUnread      = 141 // a broken pipe's: nobody reads what is printed
)

// Program is one run of the command, with all that it touches of the outside
// world but files and the environment.
type Program struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// patience is how long the command needs to clean up after a signal, a
	// time.Duration, where that is longer than grace.
	patience atomic.Int64

	// unread is set when nobody reads what is printed any more.
	unread atomic.Bool
}

// Run runs the command with the arguments that follow the program's name, and
// returns the exit code. It writes what went wrong to Stderr. When ctx ends,
// the command stops, with its children, and leaves nothing half-written. What one that
// was killed has left of temporary files goes first.
func (p *Program) Run(ctx context.Context, args []string) int {
	scratch.Sweep("")
	if args == nil {
		args = []string{} // cobra takes nil for "the process's arguments"
	}
	root := p.newRoot()
	root.SetArgs(args)
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return ExitDone
	}
	if p.unread.Load() {
		return ExitUnread
	}
	if ctx.Err() != nil {
		printLine(p.Stderr, "error", "", "interrupted")
		return ExitInterrupted
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	var failed *failure
	if errors.As(err, &failed) {
		printFailure(p.Stderr, failed)
		return failed.code()
	}
	printUsageError(p.Stderr, cmd, err)
	return ExitUsage
}

func (p *Program) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "bokehbinder COMMAND",
		Short: "Show a repository's Bokeh app and its Binder files in a post",
		Long: `bokehbinder turns one line of a post,

    <<< bokehbinder repo=https://github.com/owner/name ref=main >>>

into a launch button for Binder, the running app in an iframe that loads when
the reader asks, and the files that make the repository work on Binder, all at
one commit.

Exit codes: 0 done; 1 something in the input is wrong; 2 wrong usage;
3 a repository could not be read.`,
		Version:                    Version(),
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       noCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetUsageTemplate(usageTemplate)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		p.newRenderCommand(),
		p.newExpandCommand(),
		p.newAssetsCommand(),
		p.newCardCommand(),
		p.newBadgeCommand(),
		p.newSyncCommand(),
		p.newTagCommand(),
		p.newCheckCommand(),
		p.newInitCommand(),
		p.newPreviewCommand(),
	)
	return root
}
