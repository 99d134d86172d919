//go:build linux || darwin

package launch_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

// TestNoEngine asks the real client for an engine that is not there.
func TestNoEngine(t *testing.T) {
	if _, err := exec.LookPath("docker"); err != nil {
		t.Skip("skipped without docker: it is not installed")
	}
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	noDocker(t, "engine does not answer: ")
}

func TestNoDocker(t *testing.T) {
	machine.Programs(t, "git")
	noDocker(t, "docker is not installed")
}

func TestNoRepo2docker(t *testing.T) {
	machine.Programs(t, "git", "sh", "echo")
	machine.Write(t, os.Getenv("PATH"), map[string]string{"docker": "#!/bin/sh\necho 28.0\n"})
	noDocker(t, "repo2docker is not installed")
}

func noDocker(t *testing.T, want string) {
	t.Helper()
	scratch := filepath.Join(t.TempDir(), "scratch")
	_, err := launch.BuildDocker(t.Context(), launch.ImageOptions{Folder: machine.Folder(t, map[string]string{"requirements.txt": ""}), Scratch: scratch})
	var e *supervise.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, want) || e.Hint == "" {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(scratch); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the scratch folder was made: %v", err)
	}
}

// container is a program in docker's place: "run" serves the port that is to be
// published, as a server in a container would.
const container = `#!/bin/sh
echo "docker $*" >> "$HOME/notes"
case $1 in
version) echo 28.0;;
run) exec python3 -c '
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.path == "/user/x/api/status" and self.headers["Authorization"] == "token secret"
        self.send_response(200 if good else 403)
        self.end_headers()
host, port, inside = sys.argv[1].split(":")
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
' "$5";;
esac
`

// TestDockerCommands looks at how docker and repo2docker are called, by programs
// that note it.
func TestDockerCommands(t *testing.T) {
	machine.Programs(t, "git", "sh", "ls", "cat")
	home := t.TempDir()
	t.Setenv("HOME", home)
	machine.Write(t, os.Getenv("PATH"), map[string]string{
		"docker":      container,
		"repo2docker": "#!/bin/sh\necho \"repo2docker $*\" >> \"$HOME/notes\"\nfor last; do :; done\nls \"$last\"\n[ ! -e \"$last/fail\" ]\n",
	})
	source := repository(t, map[string]string{"requirements.txt": "bokeh\n", "ignored/x": "", ".gitignore": "ignored\n"})
	before := record(t, source)
	l := &machine.Log{}
	scratch := filepath.Join(t.TempDir(), "scratch")
	options := launch.ImageOptions{Folder: source, Scratch: scratch, Log: l, Variables: []string{"BINDER_REQUEST=v2/gh/a/b"}}
	i, err := launch.BuildDocker(t.Context(), options)
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	if !strings.Contains(l.String(), "requirements.txt\n") || strings.Contains(l.String(), "ignored\n") {
		t.Errorf("repo2docker was given\n%s", l)
	}
	s, err := i.Start(t.Context(), launch.ServerOptions{BaseURL: "/user/x/", Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	s.Stop()
	notes, err := os.ReadFile(filepath.Join(home, "notes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"docker version --format {{.Server.Version}}\n",
		"repo2docker --no-run --image-name " + i.Name + " --user-id 1000 --user-name jovyan " + scratch + "/repository\n",
		"docker run --rm --init --publish " + s.Addr() + ":8888 --env BINDER_REQUEST=v2/gh/a/b --env JUPYTERHUB_SERVICE_PREFIX=/user/x/ " + i.Name + " /bin/sh -c for p in jupyter-lab ",
		" --ip=0.0.0.0 --port=8888 --ServerApp.base_url=/user/x/ --ServerApp.token=secret --ServerApp.trust_xheaders=True ",
	} {
		if !strings.Contains(string(notes), want) {
			t.Errorf("nothing was called by %q:\n%s", want, notes)
		}
	}
	if err := i.Remove(); err != nil {
		t.Error(err)
	}
	same(t, "the work tree", before, record(t, source))

	machine.Write(t, source, map[string]string{"fail": ""})
	_, err = launch.BuildDocker(t.Context(), options)
	var e *environments.BuildError
	if !errors.As(err, &e) || e.Step != "repo2docker" || e.ExitCode != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(scratch); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the scratch folder was left: %v", err)
	}
}
