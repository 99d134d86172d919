package preview

import (
	"context"
	"fmt"
	"io"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
)

// Runtime builds repositories and starts them.
type Runtime interface {
	// Build makes an image of a folder, in an empty folder scratch, and writes
	// to log what it does. The error says in a sentence why it cannot.
	Build(ctx context.Context, folder, scratch string, variables []string, log io.Writer) (Image, error)
}

// Image is a repository that is ready to start.
type Image interface {
	// Name tells images apart.
	Name() string
	// Start starts its Jupyter server.
	Start(ctx context.Context, o launch.ServerOptions) (Server, error)
	// Remove removes it from the disk.
	Remove() error
}

// Server is a running Jupyter server.
type Server interface {
	// Addr is where it listens: "127.0.0.1:PORT".
	Addr() string
	// Done is closed when it has ended.
	Done() <-chan struct{}
	// Stop ends it with all that it started, and returns when they are gone.
	Stop()
}

var _ Server = (*launch.Server)(nil)

// Local is the runtime of this machine: it runs repositories in Python
// environments that are installed here.
type Local struct {
	// Environment returns the environment for a folder, and writes to log what
	// it does for that.
	Environment func(ctx context.Context, folder string, log io.Writer) (environments.Environment, error)
	// Say is told what the environment lacks, and in what it is another one than
	// Binder's. It may be nil; the log has it, too.
	Say func(string)
}

// Remark says, before it is built, what there is to know of a folder, and reports
// whether its environment lacks something.
func (l Local) Remark(ctx context.Context, folder string) (lacks bool) {
	env, err := l.Environment(ctx, folder, io.Discard)
	return err == nil && l.remark(ctx, env, folder, io.Discard)
}

// remark says what an author should know of a folder in an environment. What keeps
// it from being found out will keep the build from working, too, and is said there.
func (l Local) remark(ctx context.Context, env environments.Environment, folder string, log io.Writer) (lacks bool) {
	missing, err := env.Missing(ctx, folder)
	if err != nil {
		return false
	}
	different, _ := environments.Differences(ctx, folder, env)
	for _, line := range append(missing, different...) {
		fmt.Fprintln(log, line)
		if l.Say != nil {
			l.Say(line)
		}
	}
	return len(missing) > 0
}

// Build implements [Runtime].
func (l Local) Build(ctx context.Context, folder, scratch string, variables []string, log io.Writer) (Image, error) {
	env, err := l.Environment(ctx, folder, log)
	if err != nil {
		return nil, err
	}
	l.remark(ctx, env, folder, log)
	image, err := launch.NewImage(ctx, launch.ImageOptions{Folder: folder, Env: env, Scratch: scratch, Log: log, Variables: variables})
	if err != nil {
		return nil, err
	}
	return localImage{image}, nil
}

// localImage is a [launch.Image] as an [Image].
type localImage struct{ *launch.Image }

func (i localImage) Name() string { return i.Dir }

func (i localImage) Start(ctx context.Context, o launch.ServerOptions) (Server, error) {
	return started(i.Image.Start(ctx, o))
}

// Docker is the runtime of repo2docker and Docker.
type Docker struct{}

// Build implements [Runtime].
func (Docker) Build(ctx context.Context, folder, scratch string, variables []string, log io.Writer) (Image, error) {
	image, err := launch.BuildDocker(ctx, launch.ImageOptions{Folder: folder, Scratch: scratch, Log: log, Variables: variables})
	if err != nil {
		return nil, err
	}
	return dockerImage{image}, nil
}

// dockerImage is a [launch.DockerImage] as an [Image].
type dockerImage struct{ *launch.DockerImage }

func (i dockerImage) Name() string { return i.DockerImage.Name }

func (i dockerImage) Start(ctx context.Context, o launch.ServerOptions) (Server, error) {
	return started(i.DockerImage.Start(ctx, o))
}

// started makes no server of a nil one.
func started(s *launch.Server, err error) (Server, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}
