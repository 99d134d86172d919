package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

// runtimeFlags are the flags of every command that runs repositories here.
type runtimeFlags struct {
	build, docker bool
	offline       bool
}

func (f *runtimeFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.build, "build", false, "run apps in an environment made of the packages that the repository lists; it is kept for the next time")
	flags.BoolVar(&f.docker, "docker", false, "build the repository with repo2docker and run it in Docker, as Binder does")
	flags.BoolVar(&f.offline, "offline", false, "take Bokeh's scripts from the installed package instead of its CDN")
	exclusive(cmd, "build", "docker")
}

// runtime is where the apps of one command run. Its fields are set by
// [runtimeFlags.runtime].
type runtime struct {
	preview.Runtime
	// CDN stands in for the hosts of Bokeh's scripts; nil where they answer.
	CDN *preview.CDN

	// remark says what there is to know of a folder before it is launched; nil where
	// its environment is not there yet.
	remark func(ctx context.Context, folder string)

	mu       sync.Mutex
	packages []string // folders of packages of the environments in use
}

// runtime chooses where apps run, and says so on w. Builds of environments go
// on until ctx ends, also when nobody waits for them any more.
func (f *runtimeFlags) runtime(ctx context.Context, w io.Writer) (*runtime, error) {
	r := &runtime{}
	if f.offline || !preview.Reachable(ctx) {
		fmt.Fprintln(w, "the CDNs of Bokeh and Panel are out of reach; pages get the scripts of the packages that are installed here")
		r.CDN = &preview.CDN{Packages: r.folders}
	}
	local := preview.Local{Say: once(func(text string) { printLine(w, "warning", "", text) })}
	switch {
	case f.docker:
		if err := launch.CheckDocker(ctx); err != nil {
			return nil, failLaunch(err)
		}
		fmt.Fprintln(w, "apps run in Docker, built by repo2docker")
		r.Runtime = preview.Docker{}
		return r, nil
	case f.build:
		if err := printEnvironments(w); err != nil {
			return nil, err
		}
		local.Environment = r.built(ctx)
	default:
		printActive(ctx, w)
		local.Environment = r.active
		hint := once(func(text string) { printLine(w, "hint", "", text) })
		r.remark = func(ctx context.Context, folder string) {
			if local.Remark(ctx, folder) {
				hint("install what is missing there, or have an environment made with --build")
			}
		}
	}
	r.Runtime = local
	return r, nil
}

// printActive says which environment is active, and what keeps apps from running there.
func printActive(ctx context.Context, w io.Writer) {
	env, err := environments.Active(ctx)
	if err == nil {
		fmt.Fprintf(w, "apps run in %s (Python %s)\n", env.Prefix, env.Version)
		err = launch.CheckServer(env)
	}
	var lacks *supervise.Error
	if err != nil {
		printLine(w, "warning", "", err.Error()+"; apps cannot run")
	}
	if errors.As(err, &lacks) {
		printLine(w, "hint", "", lacks.Hint)
	}
}

// printEnvironments says how much the environments take that were built.
func printEnvironments(w io.Writer) error {
	size, err := (&environments.Builder{}).Size()
	if err != nil {
		return failLaunch(err)
	}
	fmt.Fprintf(w, "apps run in environments that are built for them; those that are kept take %s, at most %s; bokehbinder preview --clean removes them\n",
		megabytes(size), megabytes(environments.DefaultLimit))
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

// active is the environment that the author has activated.
func (r *runtime) active(ctx context.Context, _ string, _ io.Writer) (environments.Environment, error) {
	env, err := environments.Active(ctx)
	r.use(env)
	return env, err
}

// built returns a function that builds environments. A build goes on until
// session ends when the reader who asked for it has left, and who comes back
// waits for it: it is what takes long.
func (r *runtime) built(session context.Context) func(context.Context, string, io.Writer) (environments.Environment, error) {
	return func(ctx context.Context, folder string, log io.Writer) (environments.Environment, error) {
		type result struct {
			env environments.Environment
			err error
		}
		shown := &detachable{w: log}
		defer shown.detach()
		done := make(chan result, 1)
		go func() {
			env, err := (&environments.Builder{Log: shown}).Build(session, folder)
			done <- result{env, err}
		}()
		select {
		case <-ctx.Done():
			return environments.Environment{}, ctx.Err()
		case got := <-done:
			r.use(got.env)
			return got.env, got.err
		}
	}
}

// use notes an environment, whose packages then stand in for CDNs.
func (r *runtime) use(env environments.Environment) {
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
	if failed := new(failure); errors.As(err, &failed) {
		return err
	}
	var e *supervise.Error
	if errors.As(err, &e) {
		return fail("", err, e.Hint)
	}
	return fail("", err, "")
}

// cleanEnvironments removes the environments that were built.
func (p *Program) cleanEnvironments() error {
	size, err := (&environments.Builder{}).Clean()
	if err != nil {
		return failLaunch(err)
	}
	fmt.Fprintf(p.Stdout, "removed %s of environments\n", megabytes(size))
	return nil
}
