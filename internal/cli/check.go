package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/lint"
)

type checkOptions struct {
	readingFlags
	runFlags
	json, sarif bool
	format      string
	output      string
}

// reportFormats are the forms that a report can be written in.
var reportFormats = map[string]func(w io.Writer, r *lint.Report) error{
	"text":   writeReport,
	"json":   func(w io.Writer, r *lint.Report) error { return r.Card().Write(w) },
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
how to mend it. Nothing is built or run, except with --run.

` + repoHelp + `

Of a folder that is a Hugo site, the tags and shortcodes are checked, and
whether its cards are those that they ask for.

Exit codes: 0 no error was found; 1 errors were found; 2 wrong usage; 3 the
repository could not be read.

With --run, the repository is then launched on this machine, as the preview
command does it, and its app opened in a frame of another site: in Chromium or
Chrome where one is installed, else with the same requests, without cookies.
What happens is told step by step, with the log of a step that fails; an app
that does not work is an error, the finding run-failed. A folder's code runs
with your rights, a repository's once you confirm it, or with --trust.`,
		Example: `  bokehbinder check
  bokehbinder check https://github.com/owner/name main
  bokehbinder check --format github
  bokehbinder check --run`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := requested(cmd.Context(), args)
			if err != nil {
				return err
			}
			if reportFormats[o.chosen()] == nil {
				return fmt.Errorf("--format: %q is no format; valid: text, json, sarif or github", o.format)
			}
			if err := o.runFlags.check(cmd, req.Repo); err != nil {
				return err
			}
			return p.runCheck(cmd.Context(), &o, req)
		},
	}
	o.readingFlags.register(cmd)
	o.runFlags.register(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.json, "json", false, "print the repository's card with the findings, as JSON")
	flags.BoolVar(&o.sarif, "sarif", false, "print the findings as SARIF, for code scanning")
	flags.StringVar(&o.format, "format", "text", "the `format` to print in: text, json, sarif, or github for annotations in its actions")
	flags.StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	exclusive(cmd, "json", "sarif", "format")
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

func (p *Program) runCheck(ctx context.Context, o *checkOptions, req card.Request) error {
	if isFolder(req.Repo) && o.chosen() == "text" && isSite(req.Repo) {
		return p.checkSite(ctx, req.Repo, o)
	}
	r, err := p.read(ctx, &o.readingFlags, req)
	if err != nil {
		return err
	}
	if !isFolder(req.Repo) && (req.Ref == "" || req.Ref == "HEAD") {
		r.Unpinned()
	}
	buf := buffer{columns: p.columns(o.output)}
	if o.run {
		err = p.checkRun(ctx, o, req, r, &buf)
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

// writeAnnotations writes findings as the commands that GitHub's actions take
// for annotations.
func writeAnnotations(w io.Writer, r *lint.Report) error {
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range r.Findings {
		command := string(f.Level)
		if f.Level == card.LevelNote {
			command = "notice"
		}
		place := ""
		if f.At.File != "" {
			place = "file=" + property.Replace(f.At.File) + ","
		}
		if f.At.Line > 0 {
			place += fmt.Sprintf("line=%d,", f.At.Line)
		}
		if f.At.Column > 0 {
			place += fmt.Sprintf("col=%d,", f.At.Column)
		}
		if _, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", command, place, f.Rule.ID, value.Replace(f.Message+"; "+f.Fix)); err != nil {
			return err
		}
	}
	return nil
}
