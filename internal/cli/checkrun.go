package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
	"github.com/bokehbinder/bokehbinder/internal/preview/probe"
	"github.com/bokehbinder/bokehbinder/internal/source/asked"
)

// runFlags are the flags of a check that runs the repository.
type runFlags struct {
	runtimeFlags
	run, trust bool
	app        string
}

func (f *runFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.run, "run", false, "also launch the repository on this machine, open its app, and say what happens")
	flags.BoolVar(&f.trust, "trust", false, "with --run: run the code of a repository without asking")
	flags.StringVar(&f.app, "app", "", "with --run: the `name` of the app, where there are several (default the first)")
	f.runtimeFlags.register(cmd)
}

// check refuses flags that would do nothing, and what cannot be run.
func (f *runFlags) check(cmd *cobra.Command, target string) error {
	if !f.run {
		for _, name := range []string{"trust", "app", "build", "docker", "offline"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s does nothing without --run", name)
			}
		}
		return nil
	}
	if isFolder(target) && isSite(target) {
		return errors.New("--run takes a folder with an app, or a repository; of a site, preview runs the apps")
	}
	return nil
}

// checkRun runs the repository of a report, and writes both. In the forms for
// programs, an app that does not work is one more finding.
func (p *Program) checkRun(ctx context.Context, o *checkOptions, req card.Request, r *lint.Report, w io.Writer) error {
	text := o.chosen() == "text"
	if text {
		if err := reportFormats["text"](w, r); err != nil {
			return err
		}
	}
	t, err := p.runApp(ctx, o, req, r)
	if err != nil {
		return err
	}
	var out strings.Builder
	writeTrial(&out, r, t, columnsOf(w))
	if failed := t.Failure(); failed != nil {
		r.RunFailed(fmt.Sprintf("the app was run, and does not work: %s: %s", failed.Name, failed.Text), r.Explains(failed.Rules))
	}
	if text {
		_, err = io.WriteString(w, out.String())
		return err
	}
	_, _ = io.WriteString(p.Stderr, out.String())
	return reportFormats[o.chosen()](w, r)
}

// trial is what came of a run.
type trial struct {
	*probe.Outcome
	// app is its name, and with says what opened it.
	app, with string
	browser   bool
}

// open opens the app with a browser, if one is installed.
func (t *trial) open(ctx context.Context, target probe.Target) error {
	path, err := browse.Find()
	if err != nil {
		t.with = "with its requests alone, since no Chromium or Chrome is installed"
		t.Outcome, err = probe.HTTP(ctx, target)
		return err
	}
	t.with, t.browser = "with "+filepath.Base(path), true
	t.Outcome, err = probe.Browser(ctx, target, path)
	return err
}

// writeTrial writes what came of a run, for people.
func writeTrial(b *strings.Builder, r *lint.Report, t *trial, width int) {
	if t.with != "" {
		fmt.Fprintf(b, "\n%s was run here and opened in a frame of another site, %s:\n\n", t.app, t.with)
	} else {
		b.WriteString("\n")
	}
	for _, step := range t.Steps {
		b.WriteString(fold(fmt.Sprintf("  %-8s ", step.Name), strings.ReplaceAll(step.Text, "\n", " "), width))
		if why := r.Explains(step.Rules); why != nil {
			fmt.Fprintf(b, "  %-8s %s\n", "", strings.TrimSpace("explained by "+why.Rule.ID+" "+place(why.At)))
		}
		writeLog(b, step.Log)
	}
	switch {
	case t.Failure() != nil:
		b.WriteString("\nthe app does not work\n")
	case t.browser:
		b.WriteString("\nthe app works\n")
	default:
		b.WriteString("\nthe app works, as far as can be told without a browser\n")
	}
}

// runApp launches the repository of a report, and opens its app.
func (p *Program) runApp(ctx context.Context, o *checkOptions, req card.Request, r *lint.Report) (*trial, error) {
	app := r.Card().App(o.app)
	switch {
	case app == nil && o.app != "":
		return nil, fail("--app", fmt.Errorf("there is no app %q", o.app), "choose one of "+strings.Join(r.Card().AppNames(), ", "))
	case app == nil || app.URLPath == "":
		return &trial{Outcome: &probe.Outcome{Steps: []probe.Step{{
			Name: "app", Failed: true, Text: "there is none to run: nothing in the repository starts one at an address that answers",
			Rules: []string{"no-environment", "no-app-start", "app-missing", "app-address-unknown", "extension-not-enabled", "extension-enable-unlisted", "config-not-installed", "config-item", "proxy-missing", "nbserverproxy"},
		}}}}, nil
	}
	shown, err := runTarget(req)
	if err != nil {
		return nil, err
	}
	if shown.app, err = shownName(ctx, shown, app); err != nil {
		return nil, err
	}
	options := &previewOptions{readingFlags: o.readingFlags, runtimeFlags: o.runtimeFlags, trust: o.trust}
	options.quiet = true // the report has said it
	log := &lastLines{}
	s := &previewSession{Program: p, o: options, output: &syncWriter{w: p.Stderr}, servers: log, say: func(string) {}}
	s.untrusted = "nobody can be asked here whether its code may run"
	t := &trial{app: app.Name}
	err = s.run(ctx, shown, func(ctx context.Context, _ *previewFiles, pages http.Handler) error {
		if err := s.consent(ctx, shown); err != nil {
			return err
		}
		c, err := s.repos.Card(ctx, card.Request{Repo: shown.address.URL, Ref: shown.ref})
		if err != nil {
			return err
		}
		s.serveAside(ctx, pages)
		return t.open(ctx, probe.Target{
			Page: s.front.URL(), Hub: s.hub.URL, Provider: c.Provider, Spec: c.Spec,
			Path: app.URLPath, Cookie: app.Cookie, Output: log.lines,
		})
	})
	return t, err
}

// shownName is an app's name on the page that opens it. There the app in a
// folder's root is named after the repository, not after the folder.
func shownName(ctx context.Context, shown *previewFolder, app *card.App) (string, error) {
	if shown.dir == "" {
		return app.Name, nil
	}
	c, err := preview.TreeCard(ctx, shown.dir, shown.address, card.Request{})
	if err != nil {
		return "", err
	}
	for _, a := range c.Apps {
		if a.URLPath == app.URLPath {
			return a.Name, nil
		}
	}
	return app.Name, nil
}

// consent asks whether a repository's code may run. A folder's may.
func (s *previewSession) consent(ctx context.Context, shown *previewFolder) error {
	if shown.dir != "" {
		return nil
	}
	if err := s.repos.Confirm(ctx, shown.address.URL); err != nil {
		return fail(shown.address.URL+" was not run", err, "say --trust, or clone it and check the folder")
	}
	s.o.trust = true // it was asked
	return nil
}

// runTarget is what is previewed to run a command's REPO.
func runTarget(req card.Request) (*previewFolder, error) {
	if isFolder(req.Repo) {
		return newPreviewFolder(req.Repo)
	}
	a, err := asked.Address(req)
	if err != nil {
		return nil, err
	}
	return &previewFolder{address: a, ref: req.Ref}, nil
}

// maxLines is how many lines of the servers' are kept.
const maxLines = 200

// lastLines keeps the last lines of what is written to it.
type lastLines struct {
	mu   sync.Mutex
	text []byte
}

func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if n := bytes.Count(l.text, []byte("\n")); n > 2*maxLines {
		l.text = bytes.Join(bytes.SplitAfter(l.text, []byte("\n"))[n-maxLines:], nil)
	}
	return len(p), nil
}

// lines returns them.
func (l *lastLines) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := strings.TrimRight(string(l.text), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
