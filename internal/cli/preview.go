package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/watch"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// endServers is how long it may take to end all servers. They get time to shut
// down, and are killed then.
const endServers = 30 * time.Second

type previewOptions struct {
	readingFlags
	runtimeFlags
	workTrees []string
	trust     bool
	port      int
	hugo      string
	smart     smart
	clean     bool
	// site is where a site's own server is, command what starts it.
	site    string
	command []string
	// picture is a file for a picture of the app; page is where on a site it is.
	picture, page string
}

func (p *Program) newPreviewCommand() *cobra.Command {
	var o previewOptions
	cmd := &cobra.Command{
		Use:   "preview [POST|SITE|DIR] [flags] [-- COMMAND]",
		Short: "Show a post with its apps really running, on this machine",
		Long: `Serve a Markdown post, a Hugo site (beside hugo server), or the app in a folder,
with a hub on this machine in place of a BinderHub, so that the very page that
will be published can be tried before anything is pushed. A change of the post
or of an app's folder shows by itself.

Without an argument, it is the folder that you are in; in a subfolder, the
nearest one above that has files for Binder or is a Hugo site, else the top of
the git repository.

A site of any other generator is passed through from its own server: --site
names the URL of one that runs, or what follows -- is the command that starts
it, in SITE or where you are. Pages, live reload and links are the server's; the
embeds that bokehbinder expand has put into the posts launch here.

Apps run with your rights, in a copy of their folder: those of folders that are
named here, with --work-tree or as DIR, and those of repositories that you
confirm when their page asks for them, or trust with --trust. They run in the
Python environment that is active; with --build in one that is made from what
Binder would install, with --docker in a container.

A folder of --work-tree stands for the repository that it is a clone of, or for
the one named before it: --work-tree owner/name=../dashboard.

With --screenshot, the first app is run in Chromium or Chrome, a picture of it
is saved, for the poster of a tag, and the preview ends.`,
		Example: `  bokehbinder preview post.md --work-tree ../dashboard
  bokehbinder preview ../dashboard
  bokehbinder preview site
  bokehbinder preview -- jekyll serve
  bokehbinder preview --site http://localhost:3000/
  bokehbinder preview --screenshot poster.png ../dashboard`,
		Args: o.arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			args = args[:len(args)-len(o.command)]
			if o.port < 0 || o.port > 65535 {
				return fmt.Errorf("--port: %d is no port; valid: 1 to 65535, or 0 for a free one", o.port)
			}
			if o.clean {
				if len(args) > 0 || o.isThrough() {
					return errors.New("--clean takes no argument")
				}
				return p.cleanEnvironments()
			}
			if err := checkPicture(o.picture); err != nil {
				return err
			}
			if o.page != "" && (o.picture == "" || !strings.HasPrefix(o.page, "/")) {
				return errors.New("--page needs --screenshot, and a path on the site, such as /posts/pendulum/")
			}
			if len(args) == 0 && o.isThrough() {
				args = []string{"."}
			} else if len(args) == 0 {
				args = []string{folderHere(cmd.Context())}
			}
			return p.runPreview(cmd.Context(), &o, args[0])
		},
	}
	o.readingFlags.register(cmd)
	o.runtimeFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.workTrees, "work-tree", "w", nil, "launch a repository from a folder on this machine, `[REPO=]DIR` (repeatable)")
	flags.BoolVar(&o.trust, "trust", false, "run the code of every repository that the page names, without asking")
	flags.IntVar(&o.port, "port", 0, "serve the page on this `port` of localhost (default a free one)")
	flags.StringVar(&o.site, "site", "", "show the site that its own server has at this `URL`, on this machine or in its network")
	flags.StringVar(&o.hugo, "hugo", "hugo", "the hugo `command` that serves a site")
	o.smart.register(cmd, "use smart punctuation in a post")
	flags.StringVar(&o.picture, "screenshot", "", "save a picture of the running app to this `file`, PNG or JPEG by its name, and end the preview")
	flags.StringVar(&o.page, "page", "", "with --screenshot: the `path` of the page that has the app, on a site (default /)")
	flags.BoolVar(&o.clean, "clean", false, "remove the environments that --build has made, and do nothing else")
	return cmd
}

// arguments takes what follows -- for a command.
func (o *previewOptions) arguments(cmd *cobra.Command, args []string) error {
	dash := cmd.ArgsLenAtDash()
	if dash < 0 {
		return atMost(1)(cmd, args)
	}
	if o.command = args[dash:]; len(o.command) == 0 {
		return errors.New("after -- comes the command that serves the site, such as -- jekyll serve")
	}
	return atMost(1)(cmd, args[:dash])
}

// isThrough reports whether a site is shown through its own server.
func (o *previewOptions) isThrough() bool { return o.site != "" || len(o.command) > 0 }

// previewed is what a preview shows: a post, a site, or the app of a folder.
type previewed interface {
	// repositories lists those that it names, as their authors wrote them.
	repositories(ctx context.Context) ([]forge.Address, error)
	// open starts what serves its pages. Where that may end by itself, it then
	// ends the session.
	open(ctx context.Context, s *previewSession) (http.Handler, error)
	// look adds its own files to those that are watched.
	look(f *watch.Fingerprint)
	// changed is called after they, or those of a work tree, have changed. It
	// reports whether open pages should load anew.
	changed(ctx context.Context, s *previewSession, tree bool) (reload bool, err error)
}

// previewSession is one run of the preview command.
type previewSession struct {
	*Program
	o     *previewOptions
	repos *preview.Repositories
	front *preview.Front
	hub   *preview.Hub
	// end ends it with an error.
	end context.CancelCauseFunc
	// children are goroutines that end soon after it.
	children sync.WaitGroup
	// output is where hub and Hugo print, servers where the servers do.
	output, servers io.Writer
	// say is told what the hub has to say.
	say func(string)
	// untrusted says what to do where nobody can be asked.
	untrusted string
	// named are the repositories that the pages name.
	named namedRepositories
}

func (p *Program) runPreview(ctx context.Context, o *previewOptions, target string) error {
	shown, err := p.previewTarget(o, target)
	if err != nil {
		return err
	}
	output := &syncWriter{w: p.Stderr}
	s := &previewSession{Program: p, o: o, output: output, servers: output}
	s.say = func(text string) { printLine(output, "hub", "", text) }
	s.untrusted = "start the preview with --trust, or name its work tree with --work-tree"
	if o.picture != "" {
		log := &lastLines{}
		s.servers = log
		return s.run(ctx, shown, func(ctx context.Context, _ *previewFiles, pages http.Handler) error {
			return s.takePicture(ctx, pages, log)
		})
	}
	return s.run(ctx, shown, s.serve)
}

// run starts all that a preview consists of, and ends it when do returns.
func (s *previewSession) run(ctx context.Context, shown previewed, do func(context.Context, *previewFiles, http.Handler) error) error {
	s.patience.Store(int64(endServers))
	ctx, end := context.WithCancelCause(ctx)
	defer s.children.Wait()
	defer end(nil)
	s.end = end
	var err error
	if s.repos, err = s.repositories(ctx, shown); err != nil {
		return err
	}
	if s.front, err = preview.NewFront(s.o.port); err != nil {
		return fail("", err, "choose another --port")
	}
	defer s.front.Close()
	if s.hub, err = s.newHub(ctx); err != nil {
		return err
	}
	defer s.hub.Close()
	files := s.lookAt(shown) // as they are before they are read for the pages
	pages, err := shown.open(ctx, s)
	if err != nil {
		return failLaunch(err)
	}
	return do(ctx, files, pages)
}

// previewTarget tells what the argument names.
func (p *Program) previewTarget(o *previewOptions, target string) (previewed, error) {
	if o.isThrough() {
		return p.newPreviewThrough(o, target)
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return nil, failFile(target, err, "name a Markdown file, a Hugo site or an app's folder")
	case !info.IsDir():
		return &previewPost{Program: p, o: o, file: target}, nil
	case isSite(target):
		return &previewSite{Program: p, o: o, dir: target}, nil
	}
	if err := otherSite(target); err != nil {
		return nil, err
	}
	return newPreviewFolder(target)
}

// repositories sets up what may be launched.
func (s *previewSession) repositories(ctx context.Context, shown previewed) (*preview.Repositories, error) {
	r := &preview.Repositories{Reader: *s.o.reader(), Confirm: s.confirmer()}
	named, err := shown.repositories(ctx)
	if err != nil {
		return nil, err
	}
	s.named.set(named)
	if folder, ok := shown.(*previewFolder); ok && folder.dir != "" {
		r.Use(folder.address, folder.dir)
	}
	for _, text := range s.o.workTrees {
		a, dir, err := s.workTree(ctx, text, named)
		if err != nil {
			return nil, err
		}
		if other := r.Use(a, dir); other != "" && other != dir {
			return nil, fail("--work-tree "+text, fmt.Errorf("%s stands for %s already", other, a.URL), "name one folder for each repository")
		}
	}
	return r, nil
}

// workTree reads an argument of --work-tree, and finds which repository it
// stands for: one of those that are named, or any where pages are only known once
// they are looked at.
func (s *previewSession) workTree(ctx context.Context, text string, named []forge.Address) (a forge.Address, dir string, err error) {
	name, dir, given := strings.Cut(text, "=")
	if !given {
		name, dir = "", text
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return a, "", failFile("--work-tree "+dir, err, "name the folder of the repository's work tree")
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return a, "", fail("", err, "")
	}
	if given {
		if a, err = forge.Parse(name); err != nil {
			return a, "", fail("--work-tree "+text, err, "")
		}
		return a, dir, nil
	}
	shown := distinct(named)
	a = repo.Origin(ctx, dir)
	if a.URL != "" && s.o.isThrough() {
		return a, dir, nil
	}
	if a.URL == "" && len(shown) == 1 {
		return shown[0], dir, nil
	}
	for _, b := range shown {
		if strings.EqualFold(a.URL, b.URL) {
			return a, dir, nil
		}
	}
	message := "git knows no remote repository of it"
	if a.URL != "" {
		message = "it is a clone of " + a.URL + ", which the page does not show"
	}
	return a, "", fail("--work-tree "+text, errors.New(message), "say which repository it stands for: --work-tree owner/name="+text)
}

// distinct returns the repositories that are named, each once.
func distinct(named []forge.Address) []forge.Address {
	var list []forge.Address
	for _, a := range named {
		if !slices.ContainsFunc(list, func(b forge.Address) bool { return strings.EqualFold(a.URL, b.URL) }) {
			list = append(list, a)
		}
	}
	return list
}

// newHub starts the hub.
func (s *previewSession) newHub(ctx context.Context) (*preview.Hub, error) {
	run, err := s.o.runtime(ctx, s.output)
	if err != nil {
		return nil, err
	}
	if run.remark != nil {
		for _, dir := range s.repos.WorkTrees() {
			run.remark(ctx, dir)
		}
	}
	h, err := preview.NewHub(preview.HubOptions{
		Page: s.front.Origin, Repositories: s.repos, Runtime: run, CDN: run.CDN, Output: s.servers, Say: s.say,
	})
	if err != nil {
		return nil, fail("", err, "")
	}
	return h, nil
}

// serve prints the address, and serves until somebody ends it.
func (s *previewSession) serve(ctx context.Context, files *previewFiles, pages http.Handler) error {
	var watching sync.WaitGroup
	defer watching.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	watching.Go(func() { files.watch(ctx) })
	defer context.AfterFunc(ctx, func() { s.front.Close() })()
	fmt.Fprintf(s.Stdout, "open %s\n", s.front.URL())
	fmt.Fprintln(s.output, "press Ctrl-C to end")
	if err := s.front.Serve(pages); err != nil {
		return fail("", err, "")
	}
	if failed := new(failure); errors.As(context.Cause(ctx), &failed) || s.unread.Load() {
		return context.Cause(ctx)
	}
	return nil // somebody has ended it, as it asks for
}

// previewFiles are the files of a preview: those of work trees and the pages'
// own.
type previewFiles struct {
	*previewSession
	shown previewed
	trees map[string]uint64
	all   uint64
}

func (s *previewSession) lookAt(shown previewed) *previewFiles {
	f := &previewFiles{previewSession: s, shown: shown, trees: map[string]uint64{}}
	for _, dir := range s.repos.WorkTrees() {
		f.trees[dir] = treeFingerprint(dir)
	}
	f.all = f.look()
	return f
}

func (f *previewFiles) look() uint64 {
	var all watch.Fingerprint
	for _, dir := range f.repos.WorkTrees() { // in the same order each time
		lookAtTree(&all, dir)
	}
	f.shown.look(&all)
	return all.Sum()
}

// watch has pages load anew when something has changed.
func (f *previewFiles) watch(ctx context.Context) {
	watch.Loop(ctx, f.all, f.look, func() {
		tree := false
		for dir, before := range f.trees {
			if now := treeFingerprint(dir); now != before {
				f.trees[dir], tree = now, true
				f.hub.Changed(dir)
			}
		}
		reload, err := f.shown.changed(ctx, f.previewSession, tree)
		if named, err := f.shown.repositories(ctx); err == nil { // else its pages say what is wrong
			f.named.set(named)
		}
		if err != nil && ctx.Err() == nil {
			f.print(err)
		}
		if reload {
			f.front.Changed()
		}
	})
}

// print says what is wrong without ending.
func (s *previewSession) print(err error) {
	var failed *failure
	if errors.As(err, &failed) {
		printFailure(s.output, failed)
		return
	}
	printLine(s.output, "error", "", err.Error())
}

// treeFingerprint changes when a file of a work tree does.
func treeFingerprint(dir string) uint64 {
	var f watch.Fingerprint
	lookAtTree(&f, dir)
	return f.Sum()
}

// lookAtTree adds a work tree's files to those that are watched.
func lookAtTree(f *watch.Fingerprint, dir string) {
	tree, err := repo.OpenDir(dir)
	if err != nil {
		return
	}
	defer tree.Close()
	for _, file := range tree.Files() {
		f.Add(filepath.Join(dir, filepath.FromSlash(file.Path)))
	}
}

// namedRepositories are those that the previewed pages name now.
type namedRepositories struct {
	mu        sync.Mutex
	addresses []forge.Address
}

func (n *namedRepositories) set(addresses []forge.Address) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addresses = addresses
}

func (n *namedRepositories) add(a forge.Address) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addresses = append(n.addresses, a)
}

func (n *namedRepositories) has(address string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.addresses, func(a forge.Address) bool { return strings.EqualFold(a.URL, address) })
}

// confirmer asks on the terminal whether a repository's code may run.
func (s *previewSession) confirmer() func(ctx context.Context, address string) error {
	lines := s.answers()
	return func(ctx context.Context, address string) error {
		if s.o.trust && s.named.has(address) {
			return nil
		}
		if !isTerminal(s.Stdin) {
			return errors.New(s.untrusted)
		}
		fmt.Fprintf(s.output, "run the code of %s on this machine, with your rights? [y/N] ", address)
		select {
		case <-ctx.Done():
			fmt.Fprintln(s.output)
			return ctx.Err()
		case line := <-lines():
			if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
				return errors.New("it was refused")
			}
			return nil
		}
	}
}
