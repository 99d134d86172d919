package launch

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// programs are the servers that BinderHub starts, the first that is there. The
// last is not among its own: an environment made by hand may have no other.
var programs = []string{"jupyter-lab", "jupyter-notebook", "jupyter-server"}

// CheckServer says that an environment has no Jupyter server, a *[supervise.Error], or
// nil. What is installed by a repository itself is not there yet.
func CheckServer(env environments.Environment) error {
	for _, dir := range env.Scripts() {
		for _, name := range programs {
			if isCommand(filepath.Join(dir, name)) {
				return nil
			}
		}
	}
	return noServer(env)
}

func noServer(env environments.Environment) error {
	return &supervise.Error{Message: "the environment " + env.Prefix + " has no Jupyter server",
		Hint: "pip install jupyterlab jupyter-server-proxy there, or have an environment made with --build"}
}

// spawnerArgs returns the arguments that BinderHub's spawner gives to a server.
// What differs: it takes the port or none, and opens no browser.
func spawnerArgs(ip string, port int, o ServerOptions) []string {
	return []string{
		"--ip=" + ip,
		"--port=" + strconv.Itoa(port),
		"--ServerApp.base_url=" + o.base(),
		"--ServerApp.token=" + o.Token,
		"--ServerApp.trust_xheaders=True",
		"--ServerApp.allow_origin=*",
		"--ServerApp.allow_origin_pat=.*",
		"--ServerApp.port_retries=0",
		"--no-browser",
	}
}

// spawnerCommand returns the command by which a server is started: here it
// listens on the loopback interface alone. A script start is given the command.
func (i *Image) spawnerCommand(o ServerOptions, port int) ([]string, error) {
	args := []string{}
	for _, name := range programs {
		if full, ok := i.lookPath(name); ok {
			args = append(args, full)
			break
		}
	}
	if len(args) == 0 {
		return nil, noServer(i.env)
	}
	args = append(args, spawnerArgs("127.0.0.1", port, o)...)
	if os.Getuid() == 0 {
		args = append(args, "--allow-root") // nobody is root on Binder
	}
	script, ok := i.script(binder.Start)
	if !ok {
		return args, nil
	}
	full := filepath.Join(i.Dir, filepath.FromSlash(script))
	if err := makeExecutable(full); err != nil {
		return nil, err
	}
	return append([]string{full}, args...), nil
}
