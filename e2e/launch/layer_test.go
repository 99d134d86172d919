package launch_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

// installing is a postBuild that changes its environment in all ways.
const installing = `#!/bin/bash
set -eu
python -m pip install --quiet six==1.15.0
pip install --quiet --upgrade "tornado!=$(python -c 'import tornado; print(tornado.version)')"
pip uninstall --quiet -y bokeh || true
python - <<'EOF'
import os, sys
import six, tornado, bokeh
prefix = os.environ["NB_PYTHON_PREFIX"]
assert sys.prefix == prefix, sys.prefix
assert six.__version__ == "1.15.0" and six.__file__.startswith(prefix), six.__file__
assert tornado.__file__.startswith(prefix), tornado.__file__
assert not bokeh.__file__.startswith(prefix), bokeh.__file__
EOF
jupyter labextension list 2>&1
jupyter server extension list 2>&1
jupyter kernelspec list
echo "{}" > "${NB_PYTHON_PREFIX}/share/jupyter/kernels/python3/extra.json"
for f in "${NB_PYTHON_PREFIX}"/etc/jupyter/jupyter_server_config.d/*.json; do echo " " >> "$f"; done
npm prefix -g 2>/dev/null || true
! conda install x 2>&1
`

// TestInstalling has postBuild install, replace and remove packages: all that
// stays in the image.
func TestInstalling(t *testing.T) {
	env := jupyter(t)
	before := record(t, env.Prefix)
	i, l := image(t, env, machine.Folder(t, map[string]string{"requirements.txt": "", "postBuild": installing}))
	same(t, env.Prefix, before)
	text := l.String()
	for _, want := range []string{
		i.Prefix + "/share/jupyter/labextensions", "jupyter_server_proxy", i.Prefix + "/etc/jupyter",
		i.Prefix + "/share/jupyter/kernels/python3", "conda: not run by bokehbinder",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("postBuild did not say %q", want)
		}
	}
	if strings.Contains(text, env.Prefix+"/share") || t.Failed() {
		t.Errorf("postBuild said:\n%s", text)
	}
	s, _ := start(t, i)
	if status, page := get(t, s, "lab?token="+token); status != http.StatusOK || !strings.Contains(page, "JupyterLab") {
		t.Errorf("JupyterLab answers %d", status)
	}
}

// TestInnerEnvironment lays an environment over one that was itself made by
// another's Python, which has only pip.
func TestInnerEnvironment(t *testing.T) {
	outer := jupyter(t)
	inner := filepath.Join(t.TempDir(), "inner")
	if out, err := exec.Command(outer.Python, "-m", "venv", inner).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := at(t, filepath.Join(inner, "bin", "python"))
	before := record(t, env.Prefix)
	i, l := image(t, env, machine.Folder(t, map[string]string{"requirements.txt": "",
		"postBuild": "python -m pip list --format=freeze; pip install --quiet six; python -c 'import six; print(six.__file__)'\n"}))
	if text := l.String(); strings.Contains(text, "bokeh") || !strings.Contains(text, "pip==") || !strings.Contains(text, i.Prefix) {
		t.Errorf("postBuild said:\n%s", text)
	}
	same(t, env.Prefix, before)
	_, err := i.Start(t.Context(), launch.ServerOptions{Token: token})
	if e, ok := err.(*supervise.Error); !ok || !strings.Contains(e.Message, "no Jupyter server") || e.Hint == "" {
		t.Errorf("got %v", err)
	}
}

// TestLinkedEnvironment lays an environment over one that is reached by a link, as
// everything below macOS's folder for temporary files is.
func TestLinkedEnvironment(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(jupyter(t).Prefix, link); err != nil {
		t.Fatal(err)
	}
	i, _ := image(t, at(t, filepath.Join(link, "bin", "python")), machine.Folder(t, map[string]string{"requirements.txt": ""}))
	start(t, i)
}

// TestForeignModules finds an environment though others have put modules into the
// folder for temporary files.
func TestForeignModules(t *testing.T) {
	python, temp := venv.Jupyter(t), t.TempDir()
	t.Setenv("TMPDIR", temp)
	for _, name := range []string{"json.py", "re.py", "sysconfig.py", "repo2docker.py"} {
		if err := os.WriteFile(filepath.Join(temp, name), []byte("raise SystemExit('a foreign module')\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := environments.At(t.Context(), python); err != nil {
		t.Error(err)
	}
}

// TestPlainPython lays an environment over one that is not virtual.
func TestPlainPython(t *testing.T) {
	env := plain(t)
	_, l := image(t, env, machine.Folder(t, map[string]string{"requirements.txt": "",
		"postBuild": "#!/bin/bash\nset -eu\npython -m pip install --quiet --ignore-installed six\npython -c 'import six; print(six.__file__)'\n"}))
	if !strings.Contains(l.String(), "/srv/conda/envs/notebook/") {
		t.Errorf("postBuild said:\n%s", l)
	}
}

// TestEditable has the author's package installed as editable in the
// environment, one part of it through a symbolic link to its folder: the server
// has the copy's, since it may write beside itself.
func TestEditable(t *testing.T) {
	venv.Jupyter(t) // an environment of this test's own is made of the same
	source := machine.Folder(t, map[string]string{
		"pyproject.toml":           "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n[project]\nname = \"tide\"\nversion = \"1\"\n[tool.setuptools]\npackages = [\"tide\"]\n",
		"tide/__init__.py":         "",
		"flat/pyproject.toml":      "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n[project]\nname = \"flat\"\nversion = \"1\"\n[tool.setuptools.packages.find]\nwhere = [\"src\"]\n",
		"flat/src/ebb/__init__.py": "",
		"postBuild":                "#!/bin/bash\nset -eu\ncd /\npython -c 'import tide, ebb; print(tide.__file__); print(ebb.__file__)'\n",
	})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(source, link); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(t.TempDir(), "own")
	for _, args := range [][]string{
		{"python3", "-m", "venv", own},
		{filepath.Join(own, "bin", "pip"), "install", "--quiet", "-e", source, "-e", filepath.Join(link, "flat")},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for _, left := range []string{"tide.egg-info", "build", "flat/build", "flat/src/flat.egg-info"} {
		if err := os.RemoveAll(filepath.Join(source, left)); err != nil {
			t.Fatal(err)
		}
	}
	before := record(t, source)
	i, l := image(t, at(t, filepath.Join(own, "bin", "python")), source)
	for _, want := range []string{i.Dir + "/tide/__init__.py", i.Dir + "/flat/src/ebb/__init__.py"} {
		if !strings.Contains(l.String(), want) {
			t.Errorf("%s was not imported:\n%s", want, l)
		}
	}
	same(t, source, before)
}
