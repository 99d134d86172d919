package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/internal/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview"
)

// runtimeFlags are the flags of every command that runs repositories here.
type runtimeFlags struct {
	build, docker bool
	offline       bool
}

func (f *runtimeFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.build, "build", false, "run apps in an environment made from the repository's own list of packages, and kept for the next time")
	flags.BoolVar(&f.docker, "docker", false, "have repo2docker build and Docker run the repository, as on Binder")
	flags.BoolVar(&f.offline, "offline", false, "take Bokeh's scripts from the installed package, as where its CDN is out of reach")
	cmd.MarkFlagsMutuallyExclusive("build", "docker")
}

// runtime is where the apps of one command run. Its fields are set by
// [runtimeFlags.runtime].
type runtime struct {
	preview.Runtime
	// CDN stands in for the hosts of Bokeh's scripts; nil where they answer.
	CDN *preview.CDN

	mu       sync.Mutex
	packages []string // folders of packages of the environments in use
}

// runtime chooses where apps run, and says so on w. Builds of environments go
// on until ctx ends, also when nobody waits for them any more.
func (f *runtimeFlags) runtime(ctx context.Context, w io.Writer) (*runtime, error) {
	r := &runtime{}
	if f.offline || !preview.Reachable(ctx) {
		fmt.Fprintln(w, "Bokeh's CDN is out of reach; pages get the scripts of the packages that are installed here")
		r.CDN = &preview.CDN{Packages: r.folders}
	}
	local := preview.Local{Say: once(func(text string) { printLine(w, "warning", "", text) })}
	switch {
	case f.docker:
		fmt.Fprintln(w, "apps run in Docker, built by repo2docker")
		r.Runtime = preview.Docker{}
		return r, nil
	case f.build:
		if err := printEnvironments(w); err != nil {
			return nil, err
		}
		local.Environment = r.built(ctx)
	default:
		env, err := launch.Active(ctx)
		if err != nil {
			printLine(w, "warning", "", err.Error()+"; apps cannot run")
		} else {
			fmt.Fprintf(w, "apps run in %s (Python %s)\n", env.Prefix, env.Version)
		}
		local.Environment = r.active
	}
	r.Runtime = local
	return r, nil
}

// printEnvironments says how much the environments take that were built.
func printEnvironments(w io.Writer) error {
	size, err := (&launch.Builder{}).Size()
	if err != nil {
		return failLaunch(err)
	}
	fmt.Fprintf(w, "apps run in environments that are built for them; those that are kept take %s, at most %s; bokehbinder preview --clean removes them\n",
		megabytes(size), megabytes(launch.DefaultLimit))
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

// active is the environment that the author has activated.
func (r *runtime) active(ctx context.Context, _ string, _ io.Writer) (launch.Environment, error) {
	env, err := launch.Active(ctx)
	r.use(env)
	return env, err
}

// built returns a function that builds environments. A build goes on until
// session ends when the reader who asked for it has left, and who comes back
// waits for it: it is what takes long.
func (r *runtime) built(session context.Context) func(context.Context, string, io.Writer) (launch.Environment, error) {
	return func(ctx context.Context, folder string, log io.Writer) (launch.Environment, error) {
		type result struct {
			env launch.Environment
			err error
		}
		shown := &detachable{w: log}
		defer shown.detach()
		done := make(chan result, 1)
		go func() {
			env, err := (&launch.Builder{Log: shown}).Build(session, folder)
			done <- result{env, err}
		}()
		select {
		case <-ctx.Done():
			return launch.Environment{}, ctx.Err()
		case got := <-done:
			r.use(got.env)
			return got.env, got.err
		}
	}
}

// use notes an environment, whose packages then stand in for CDNs.
func (r *runtime) use(env launch.Environment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, dir := range env.Packages() {
		if !slices.Contains(r.packages, dir) {
			r.packages = append(r.packages, dir)
		}
	}
}

// folders lists the folders of packages of all environments in use.
func (r *runtime) folders() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.packages)
}

// detachable is a writer that others can go on to write to when its own has
// gone.
type detachable struct {
	mu sync.Mutex
	w  io.Writer
}

func (d *detachable) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.w == nil {
		return len(p), nil
	}
	return d.w.Write(p)
}

func (d *detachable) detach() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.w = nil
}

// once returns a function that says each text only the first time.
func once(say func(string)) func(string) {
	var said sync.Map
	return func(text string) {
		if _, again := said.LoadOrStore(text, true); !again {
			say(text)
		}
	}
}

// failLaunch makes a failure of what keeps a repository from running.
func failLaunch(err error) error {
	var e *launch.Error
	if errors.As(err, &e) {
		return fail("", err, e.Hint)
	}
	return fail("", err, "")
}

// cleanEnvironments removes the environments that were built.
func (p *Program) cleanEnvironments() error {
	size, err := (&launch.Builder{}).Clean()
	if err != nil {
		return failLaunch(err)
	}
	fmt.Fprintf(p.Stdout, "removed %s of environments\n", megabytes(size))
	return nil
}
