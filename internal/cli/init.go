package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/internal/packaging"
	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/repo"
	"github.com/bokehbinder/bokehbinder/internal/view"
)

type initOptions struct {
	app     string
	example bool
	force   bool
	pin     bool
	fix     bool
	dryRun  bool
	hub     string
}

func (p *Program) newInitCommand() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make the app in a folder work on Binder",
		Long: `Find the app in a folder and write what it needs to work on Binder: the list of
packages, Jupyter's configuration that starts the app on demand, the script that
installs it, and a badge in the readme where the repository's address is known.
What is there is added to, and not overwritten without --force.

With --fix, mend a repository that has such files: everything that the check
command finds and shows a change for. Comments and order stay as they are.`,
		Example: `  bokehbinder init
  bokehbinder init --dry-run .
  bokehbinder init --example new-app
  bokehbinder init --fix`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			if o.fix {
				return p.runFix(cmd.Context(), &o, dir)
			}
			return p.runInit(cmd.Context(), &o, dir)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.app, "app", "", "the app's folder or `file`, where there are several")
	flags.BoolVar(&o.example, "example", false, "write a small app where there is none; makes the folder, too")
	flags.BoolVar(&o.force, "force", false, "write files anew that are there")
	flags.BoolVar(&o.pin, "pin", false, "ask for the versions that are installed here")
	flags.BoolVar(&o.fix, "fix", false, "mend what check finds")
	flags.BoolVarP(&o.dryRun, "dry-run", "n", false, "only say what would be done")
	flags.StringVar(&o.hub, "hub", view.DefaultHub, "the BinderHub `URL` that the badge leads to")
	for _, other := range []string{"app", "example", "force", "pin"} {
		cmd.MarkFlagsMutuallyExclusive("fix", other)
	}
	return cmd
}

func (p *Program) runInit(ctx context.Context, o *initOptions, dir string) error {
	if o.example && !o.dryRun {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return failFile(dir, err, "")
		}
	}
	tree, err := repo.OpenDir(dir)
	if err != nil {
		return fail("", err, "")
	}
	defer tree.Close()
	options := recipe.Options{App: o.app, Example: o.example, Force: o.force, Hub: o.hub, Origin: repo.Origin(ctx, dir)}
	if o.pin {
		if options.Versions, err = installedVersions(ctx); err != nil {
			return fail("", err, "activate the environment in which the app runs, or leave --pin out")
		}
	}
	s, err := recipe.Init(ctx, tree, options)
	if err != nil {
		return fail(dir, err, initHint(err))
	}
	fmt.Fprintf(p.Stdout, "%s is served by %s\n", s.App, s.Program)
	printEdits(p.Stdout, s.Edits)
	for _, name := range s.Guessed {
		printLine(p.Stderr, "warning", "", fmt.Sprintf("the app imports %s; its package is taken to have the same name", name))
	}
	if err := writeEdits(dir, s.Edits, o.dryRun); err != nil {
		return err
	}
	printLeft(p.Stderr, s.Left)
	fmt.Fprintf(p.Stdout, "the app answers at %s\n", s.URLPath)
	if !o.dryRun {
		fmt.Fprintln(p.Stdout, "commit these files and push them")
	}
	return nil
}

func initHint(err error) string {
	var started *recipe.StartedError
	var candidates *recipe.CandidatesError
	switch {
	case errors.As(err, &started):
		return "bokehbinder check says what is wrong with it, and bokehbinder init --fix mends that"
	case errors.As(err, &candidates) && len(candidates.Paths) > 0:
		return "choose one with --app"
	case errors.As(err, &candidates):
		return "name it with --app, or let --example write one"
	}
	return ""
}

func (p *Program) runFix(ctx context.Context, o *initOptions, dir string) error {
	tree, err := repo.OpenDir(dir)
	if err != nil {
		return fail("", err, "")
	}
	defer tree.Close()
	r, err := recipe.Fix(ctx, tree)
	if err != nil {
		return fail("", err, "")
	}
	if len(r.Edits) == 0 {
		fmt.Fprintln(p.Stdout, "there is nothing that can be mended without you")
	} else {
		fmt.Fprintf(p.Stdout, "mends %s\n", strings.Join(r.Mended, ", "))
	}
	printEdits(p.Stdout, r.Edits)
	if err := writeEdits(dir, r.Edits, o.dryRun); err != nil {
		return err
	}
	printLeft(p.Stderr, r.Left)
	return nil
}

// printLeft tells of the findings that remain.
func printLeft(w io.Writer, left []recipe.Finding) {
	for _, f := range left {
		where := f.Path
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, f.Line)
		}
		printLine(w, "warning", where, fmt.Sprintf("%s: %s; %s", f.ID, f.Message, f.Fix))
	}
}

// printEdits shows what will become of each file.
func printEdits(w io.Writer, edits []recipe.Edit) {
	for _, e := range edits {
		switch {
		case e.New == nil:
			fmt.Fprintf(w, "\ndelete %s\n", e.Path)
		case e.Old == nil:
			fmt.Fprintf(w, "\nwrite %s\n", e.Path)
			for line := range strings.Lines(*e.New) {
				fmt.Fprintf(w, "  + %s\n", strings.TrimRight(line, "\r\n"))
			}
		default:
			fmt.Fprintf(w, "\nchange %s\n", e.Path)
			for _, line := range recipe.DiffLines(*e.Old, *e.New) {
				fmt.Fprintf(w, "  %s\n", line)
			}
		}
	}
	if len(edits) > 0 {
		fmt.Fprintln(w)
	}
}

// writeEdits makes the changes: what is written first, then what goes.
func writeEdits(dir string, edits []recipe.Edit, dryRun bool) error {
	if dryRun {
		return nil
	}
	for _, e := range edits {
		full := filepath.Join(dir, filepath.FromSlash(e.Path))
		if err := leadsOut(dir, full); err != nil {
			return fail(full, err, "replace the link by a file; nothing was written")
		}
	}
	for _, e := range edits {
		if e.New == nil {
			continue
		}
		full := filepath.Join(dir, filepath.FromSlash(e.Path))
		if err := writeEdit(full, e); err != nil {
			return failFile(full, err, "choose a folder that you may write to")
		}
	}
	for _, e := range edits {
		if e.New != nil {
			continue
		}
		full := filepath.Join(dir, filepath.FromSlash(e.Path))
		if err := os.Remove(full); err != nil {
			return failFile(full, err, "delete it yourself")
		}
	}
	return nil
}

// leadsOut says whether a symbolic link at a path, or among the folders above
// it, leads out of the folder that is written to.
func leadsOut(dir, full string) error {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	for p := full; ; p = filepath.Dir(p) {
		if _, err := os.Lstat(p); err != nil && p != filepath.Dir(p) {
			continue // not there yet
		}
		target, err := filepath.EvalSymlinks(p)
		if err != nil {
			return fmt.Errorf("it is a symbolic link that leads nowhere")
		}
		if target != root && !strings.HasPrefix(target, root+string(filepath.Separator)) {
			return fmt.Errorf("it leads out of the folder, to %s", target)
		}
		return nil
	}
}

func writeEdit(full string, e recipe.Edit) error {
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if e.Executable {
		mode = 0o755
	}
	if target, err := filepath.EvalSymlinks(full); err == nil {
		full = target
		if info, err := os.Stat(full); err == nil {
			mode |= info.Mode().Perm()
		}
	}
	return maybe.WriteFile(full, []byte(*e.New), mode)
}

// installedVersions asks the Python of the current environment for its
// packages.
func installedVersions(ctx context.Context) (map[string]string, error) {
	out, err := exec.CommandContext(ctx, "python", "-c",
		"from importlib.metadata import distributions\nfor d in distributions(): print(d.metadata['Name'], d.version)").Output()
	if err != nil {
		return nil, fmt.Errorf("python does not say which packages are installed: %w", err)
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			versions[packaging.Normalize(name)] = version
		}
	}
	return versions, nil
}
