package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

type checkOptions struct {
	readingFlags
	runFlags
	json, sarif bool
	format      string
	output      string
}

// reportFormats are the forms that a report can be written in.
var reportFormats = map[string]func(w io.Writer, r *recipe.Report) error{
	"text":   writeReport,
	"json":   func(w io.Writer, r *recipe.Report) error { return r.Card().Write(w) },
	"sarif":  writeSARIF,
	"github": writeAnnotations,
}

func (p *Program) newCheckCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [REPO [REF]]",
		Short: "Say what Binder will do with a repository, and what will not work",
		Long: `Say what Binder will do with a repository, in the order in which it does it, and
what will not work: each finding with its place, what happens because of it, and
how to mend it. Nothing is built or run, but with --run.

REPO is as for the card command; without it, the current folder. Of a folder that
is a Hugo site, the tags and shortcodes are checked, and whether its cards are
those that they ask for. Exit codes: 0
no error was found; 1 errors were found; 2 wrong usage; 3 the repository could
not be read.

With --run, the repository is then launched on this machine, as the preview
command does it, and its app opened in a frame of another site: in Chromium or
Chrome where one is installed, else with the same requests, without cookies. What
happens is told step by step, with the log of a step that fails; the app that does
not work is an error, the finding run-failed. A folder's code runs with your
rights, a repository's once you confirm it, or with --trust.`,
		Example: `  bokehbinder check
  bokehbinder check https://github.com/owner/name main
  bokehbinder check --format github
  bokehbinder check --run`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			if len(args) == 2 && isFolder(args[0]) {
				return errors.New("a local folder has no REF: its work tree is read as it is")
			}
			if reportFormats[o.chosen()] == nil {
				return fmt.Errorf("--format is %q, but must be text, json, sarif or github", o.format)
			}
			if err := o.runFlags.check(cmd, args[0]); err != nil {
				return err
			}
			return p.runCheck(cmd.Context(), &o, args)
		},
	}
	o.readingFlags.register(cmd)
	o.runFlags.register(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.json, "json", false, "print the repository's card with the findings, as JSON")
	flags.BoolVar(&o.sarif, "sarif", false, "print the findings as SARIF, for code scanning")
	flags.StringVar(&o.format, "format", "text", "how to print: text, json, sarif, or `github` for annotations in its actions")
	flags.StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	cmd.MarkFlagsMutuallyExclusive("json", "sarif", "format")
	return cmd
}

// chosen is the format that the flags choose.
func (o *checkOptions) chosen() string {
	switch {
	case o.json:
		return "json"
	case o.sarif:
		return "sarif"
	}
	return o.format
}

func (p *Program) runCheck(ctx context.Context, o *checkOptions, args []string) error {
	if isFolder(args[0]) && o.chosen() == "text" && isSite(args[0]) {
		return p.checkSite(ctx, args[0], o)
	}
	r, err := p.report(ctx, o, args)
	if err != nil {
		return fail("", err, "")
	}
	var buf bytes.Buffer
	if o.run {
		err = p.checkRun(ctx, o, args, r, &buf)
	} else {
		err = reportFormats[o.chosen()](&buf, r)
	}
	var failed *failure
	if errors.As(err, &failed) {
		return err
	}
	if err != nil {
		return fail("", err, "")
	}
	if err := p.writeOutput(o.output, buf.Bytes()); err != nil {
		return err
	}
	if r.Worst() == card.LevelError {
		return exitStatus(ExitInput)
	}
	return nil
}

// report reads and checks a folder or a repository.
func (p *Program) report(ctx context.Context, o *checkOptions, args []string) (*recipe.Report, error) {
	if isFolder(args[0]) {
		return folderReport(ctx, args[0])
	}
	req := card.Request{Repo: args[0]}
	if len(args) == 2 {
		req.Ref = args[1]
	}
	var r *recipe.Report
	src, done := p.withProgress(card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		tree, err := o.reader().Open(ctx, req.Repo, req.Ref)
		if err != nil {
			return nil, err
		}
		defer tree.Close() // what it leaves behind does not make the report wrong
		r, err = recipe.Inspect(ctx, tree, nil)
		return nil, err
	}), o.quiet)
	_, err := src.Card(ctx, req)
	done()
	if err == nil && (req.Ref == "" || req.Ref == "HEAD") {
		r.Unpinned()
	}
	return r, err
}

// folderReport checks a local folder's work tree.
func folderReport(ctx context.Context, path string) (*recipe.Report, error) {
	tree, err := repo.OpenDir(path)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	return recipe.Inspect(ctx, tree, nil)
}

// writeAnnotations writes findings as the commands that GitHub's actions take
// for annotations.
func writeAnnotations(w io.Writer, r *recipe.Report) error {
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range r.Findings {
		command := string(f.Level)
		if f.Level == card.LevelNote {
			command = "notice"
		}
		place := ""
		if f.Path != "" {
			place = "file=" + property.Replace(f.Path) + ","
		}
		if f.Line > 0 {
			place += fmt.Sprintf("line=%d,", f.Line)
		}
		if _, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", command, place, f.ID, value.Replace(f.Message+"; "+f.Fix)); err != nil {
			return err
		}
	}
	return nil
}
