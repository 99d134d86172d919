package launch

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

// DockerImage is an image that repo2docker has built with Docker, as it is on
// Binder but for the history of the repository.
type DockerImage struct {
	// Name is Docker's name of it. It stays with Docker, which keeps its parts
	// for the next build; "docker image rm" removes it.
	Name string

	docker, scratch string
	more            []string
}

// BuildDocker has repo2docker build the folder of the options with Docker. It
// is given a copy, in the scratch folder. The environment of the options is not
// used. Where there is no Docker, or no repo2docker, the error is a
// *[supervise.Error]; a build that fails is an *[environments.BuildError].
func BuildDocker(ctx context.Context, o ImageOptions) (*DockerImage, error) {
	if err := supervise.Supported(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	docker, err := engine(ctx)
	if err != nil {
		return nil, err
	}
	args, err := repo2docker(ctx)
	if err != nil {
		return nil, err
	}
	source, err := filepath.Abs(o.Folder)
	if err != nil {
		return nil, err
	}
	scratch, err := filepath.Abs(o.Scratch)
	if err != nil {
		return nil, err
	}
	i := &DockerImage{docker: docker, scratch: scratch, more: o.Variables}
	i.Name = fmt.Sprintf("bokehbinder-%x", sha256.Sum256([]byte(source)))[:24]
	repository := filepath.Join(scratch, "repository")
	c, err := newCopy(ctx, source, repository, scratch)
	if err != nil {
		return nil, undone(fmt.Errorf("the folder cannot be copied: %w", err), environments.RemoveAll(scratch))
	}
	c.root.Close()
	// Binder's servers run as this user, whoever builds.
	args = append(args, "--no-run", "--image-name", i.Name, "--user-id", "1000", "--user-name", "jovyan", repository)
	if err := environments.RunTool(ctx, o.Log, "repo2docker", args...); err != nil {
		return nil, undone(err, environments.RemoveAll(scratch))
	}
	return i, nil
}

// CheckDocker says what [BuildDocker] lacks on this machine: a *[supervise.Error], or
// nil.
func CheckDocker(ctx context.Context) error {
	if _, err := engine(ctx); err != nil {
		return err
	}
	_, err := repo2docker(ctx)
	return err
}

// engine finds Docker's client, and asks whether there is an engine.
func engine(ctx context.Context) (string, error) {
	docker, err := exec.LookPath("docker")
	if err != nil {
		return "", &supervise.Error{Message: "docker is not installed", Hint: "install Docker, or leave --docker out", Err: err}
	}
	cmd := exec.CommandContext(ctx, docker, "version", "--format", "{{.Server.Version}}")
	cmd.Env = environments.ToolVariables()
	var stderr supervise.Tail
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil || strings.TrimSpace(string(out)) == "" {
		return "", &supervise.Error{Message: "Docker's engine does not answer: " + stderr.Lines(1),
			Hint: "start Docker, or leave --docker out", Err: err}
	}
	return docker, nil
}

// repo2docker returns the command that runs it: a program on PATH, or a module
// of the active environment.
func repo2docker(ctx context.Context) ([]string, error) {
	for _, name := range []string{"jupyter-repo2docker", "repo2docker"} {
		if program, err := exec.LookPath(name); err == nil {
			return []string{program}, nil
		}
	}
	env, err := environments.Active(ctx)
	if err != nil {
		return nil, noRepo2docker
	}
	cmd := exec.CommandContext(ctx, env.Python, "-c", "import repo2docker")
	cmd.Dir = environments.Apart()
	if cmd.Run() == nil {
		return []string{env.Python, "-m", "repo2docker"}, nil
	}
	return nil, noRepo2docker
}

var noRepo2docker = &supervise.Error{Message: "repo2docker is not installed", Hint: "pip install jupyter-repo2docker"}

// choose is a shell's command that starts the server that is there.
var choose = `for p in ` + strings.Join(programs, " ") + `; do command -v "$p" >/dev/null && exec "$p" "$@"; done
echo "there is no Jupyter server in the image" >&2; exit 127`

// portInside is the port that the server has in its container.
const portInside = 8888

// Start starts a container, whose server can be had on a port of the loopback
// interface; see [Image.Start]. Its apps' own ports are the container's.
func (i *DockerImage) Start(ctx context.Context, o ServerOptions) (*Server, error) {
	return startServer(ctx, o, func(port int) (supervise.Command, error) {
		args := []string{i.docker, "run", "--rm", "--init", "--publish", "127.0.0.1:" + strconv.Itoa(port) + ":" + strconv.Itoa(portInside)}
		for _, v := range o.variables(i.more) {
			args = append(args, "--env", v)
		}
		args = append(args, i.Name, "/bin/sh", "-c", choose, "sh")
		args = append(args, spawnerArgs("0.0.0.0", portInside, o)...)
		return supervise.Command{Args: args, Dir: environments.Apart(), Env: environments.ToolVariables()}, nil
	})
}

// Remove removes the scratch folder.
func (i *DockerImage) Remove() error { return environments.RemoveAll(i.scratch) }
