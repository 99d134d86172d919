package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/scaffold"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
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
Files that are there are added to; --force writes them anew.

DIR is the repository's folder, by default the one that you are in. In a
subfolder that is the nearest one above that has files for Binder, else the top
of the git repository, since Binder takes whole repositories.

With --fix, mend a repository that has such files: everything that the check
command finds and shows a change for. Comments and order stay as they are.
Errors and warnings that are left make the exit code 1.

Every file is checked before anything is printed, and every change is printed
before anything is written. Symbolic links that lead out of the folder are not
followed.`,
		Example: `  bokehbinder init
  bokehbinder init --dry-run .
  bokehbinder init --example new-app
  bokehbinder init --fix`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := strings.Join(args, "")
			if len(args) == 0 {
				dir = repositoryHere(cmd.Context())
			}
			if o.fix {
				return p.runFix(cmd.Context(), &o, dir)
			}
			return p.runInit(cmd.Context(), &o, dir)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.app, "app", "", "the `path` of the app's folder or file, where there are several")
	flags.BoolVar(&o.example, "example", false, "write a small app where there is none; DIR is made if it is not there")
	flags.BoolVar(&o.force, "force", false, "overwrite files that are there")
	flags.BoolVar(&o.pin, "pin", false, "pin packages to the versions that are installed here")
	flags.BoolVar(&o.fix, "fix", false, "mend what the check command finds")
	flags.BoolVarP(&o.dryRun, "dry-run", "n", false, "only say what would be done")
	flags.StringVar(&o.hub, "hub", tag.Default("hub"), "the BinderHub `URL` that the badge leads to")
	for _, other := range []string{"app", "example", "force", "pin"} {
		exclusive(cmd, "fix", other)
	}
	return cmd
}

func (p *Program) runInit(ctx context.Context, o *initOptions, dir string) error {
	tree, fresh, err := openOrNew(dir, o.example)
	if err != nil {
		return fail("", err, "")
	}
	defer tree.Close()
	options := scaffold.Options{App: o.app, Example: o.example, Force: o.force, Hub: o.hub, Origin: repo.Origin(ctx, dir)}
	if o.pin {
		if options.Versions, err = installedVersions(ctx); err != nil {
			return fail("", err, "activate the environment in which the app runs, or leave --pin out")
		}
	}
	s, err := scaffold.Init(ctx, tree, options)
	if err != nil {
		return fail(dir, err, initHint(err))
	}
	w := editing{Program: p, dir: dir, dryRun: o.dryRun, fresh: fresh}
	w.tell = func() {
		fmt.Fprintf(p.Stdout, "%s serves the app %s\n", s.Framework.Package, s.App)
		for _, name := range s.Guessed {
			printLine(p.Stderr, "warning", "", fmt.Sprintf("the app imports %s; its package is taken to have the same name", name))
		}
	}
	if err := w.make(s.Edits); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "the app answers at %s\n", s.URLPath)
	if !o.dryRun {
		fmt.Fprintf(p.Stdout, "commit these files, push them, and put %s\n", whatToPaste(tree.Home(ctx), options.Origin))
	}
	return p.printLeft(dir, s.Left, card.LevelError)
}

// whatToPaste says which line shows a repository in a post. Where it will be may
// not be known yet.
func whatToPaste(home repo.Home, origin forge.Address) string {
	t := tag.Tag{Repo: origin.URL, Ref: cmp.Or(home.Default, home.Ref)}
	if t.Repo == "" {
		t.Repo = "https://github.com/owner/name"
		return "this line with its address into a post:\n\n" + t.String()
	}
	return "this line into a post:\n\n" + t.String()
}

// openOrNew opens a folder, or one that is yet to be made.
func openOrNew(dir string, mayBeNew bool) (tree repo.Tree, fresh bool, err error) {
	if _, err := os.Stat(dir); mayBeNew && errors.Is(err, fs.ErrNotExist) {
		return repo.NewDir(dir), true, nil
	}
	tree, err = repo.OpenDir(dir)
	return tree, false, err
}

func initHint(err error) string {
	var started *scaffold.StartedError
	var candidates *scaffold.CandidatesError
	var app *scaffold.AppError
	switch {
	case errors.As(err, &app):
		return "name a folder with a main.py or main.ipynb, or a .py or .ipynb file, seen from the repository's folder"
	case errors.As(err, &started):
		return "bokehbinder check says whether it works, and bokehbinder init --fix mends what does not"
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
	for _, f := range tree.Files() { // another run may have finished what a killed one began
		if name := filepath.Join(dir, filepath.FromSlash(f.Path)); scratch.Ours(filepath.Base(name)) {
			scratch.Sweep(filepath.Dir(name))
		}
	}
	r, err := scaffold.Fix(ctx, tree)
	if err != nil {
		return fail("", err, "")
	}
	w := editing{Program: p, dir: dir, dryRun: o.dryRun}
	if err := w.make(r.Edits); err != nil {
		return err
	}
	switch {
	case len(r.Edits) == 0 && len(r.Left) == 0:
		fmt.Fprintln(p.Stdout, noProblems)
	case len(r.Edits) == 0:
		fmt.Fprintln(p.Stdout, "nothing was mended: what is left is for you to decide")
	case o.dryRun:
		fmt.Fprintf(p.Stdout, "would mend %s\n", strings.Join(r.Mended, ", "))
	default:
		fmt.Fprintf(p.Stdout, "mended %s\n", strings.Join(r.Mended, ", "))
	}
	return p.printLeft(dir, r.Left, card.LevelError, card.LevelWarning)
}

// printLeft tells of the findings that remain. Those of some levels make the
// command fail.
func (p *Program) printLeft(dir string, left []lint.Finding, failing ...card.Level) error {
	var err error
	for _, f := range left {
		at := f.At
		if at.File != "" {
			at.File = filepath.Join(dir, filepath.FromSlash(at.File))
		}
		printLine(p.Stderr, string(f.Level), place(at), fmt.Sprintf("%s: %s; %s", f.Rule.ID, f.Message, f.Fix))
		if slices.Contains(failing, f.Level) {
			err = exitStatus(ExitInput)
		}
	}
	return err
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
