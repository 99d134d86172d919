package launch_test

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

// wheel writes a package that pip can install, with one module of its name.
func wheel(t *testing.T, dir, name, version string) {
	t.Helper()
	module := strings.ReplaceAll(name, "-", "_")
	f, err := os.Create(filepath.Join(dir, module+"-"+version+"-py3-none-any.whl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	info := module + "-" + version + ".dist-info/"
	for _, file := range [][2]string{
		{module + ".py", "version = '" + version + "'\n"},
		{info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", ""},
	} {
		w, err := z.Create(file[0])
		if err == nil {
			_, err = io.WriteString(w, file[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// offline makes pip take packages of the test's own and no others, and hides
// the tools that are not pip.
func offline(t *testing.T) {
	t.Helper()
	wheels, bin := t.TempDir(), t.TempDir()
	for _, p := range []string{"ipywidgets 8.1", "jupyter-offlinenotebook 0.3.1", "jupyter-resource-usage 1.1", "jupyter_server 2.1",
		"jupyterhub 5.1", "jupyterlab 4.9", "notebook 7.1", "bokeh 3.8.1", "bokeh 3.9.2", "torch 2.1", "wave 1.0"} {
		name, version, _ := strings.Cut(p, " ")
		wheel(t, wheels, name, version)
	}
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"python3": plain(t).Python, "git": git} {
		if err := os.Symlink(target, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels, "PIP_CONFIG_FILE": os.DevNull, "PIP_CACHE_DIR": t.TempDir(),
		"PATH": bin, "PYENV_ROOT": bin, "VIRTUAL_ENV": "", "CONDA_PREFIX": "",
	} {
		t.Setenv(name, value)
	}
}

// asks makes a folder with one file.
func asks(t *testing.T, name, content string) string {
	t.Helper()
	return machine.Folder(t, map[string]string{name: content})
}

// imports runs Python in an environment.
func imports(t *testing.T, env environments.Environment, code string) string {
	t.Helper()
	out, err := exec.Command(env.Python, "-c", code).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestBuilder(t *testing.T) {
	offline(t)
	l := &machine.Log{}
	b := &environments.Builder{Dir: filepath.Join(t.TempDir(), "cache"), Log: l}
	source := asks(t, "environment.yml", "dependencies:\n- bokeh=3.8\n- conda-forge::pytorch >=2\n- pip:\n  - wave\n")
	env, err := b.Build(t.Context(), source)
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	if got := imports(t, env, "import bokeh, torch, wave, jupyterlab; print(bokeh.version, torch.version)"); got != "3.8.1 2.1" {
		t.Errorf("got %s", got)
	}
	if missing, err := env.Missing(t.Context(), source); err != nil || len(missing) > 1 { // jupyter-server-proxy is asked for by no one
		t.Errorf("missing: %q (%v)", missing, err)
	}
	before := l.String()
	again, err := b.Build(t.Context(), asks(t, "environment.yml", "# another folder\ndependencies:\n- bokeh=3.8\n- pytorch>=2\n- pip: [wave]\n"))
	if err != nil || again.Prefix != env.Prefix || l.String() != before {
		t.Errorf("it was made again: %v %s\n%s", err, again.Prefix, strings.TrimPrefix(l.String(), before))
	}
	other, err := b.Build(t.Context(), asks(t, "requirements.txt", "-c constraints.txt\nbokeh\n"))
	if err == nil {
		t.Errorf("%s was built without its constraints", other.Prefix)
	}
	dir := asks(t, "requirements.txt", "-c constraints.txt\nbokeh\n")
	machine.Write(t, dir, map[string]string{"constraints.txt": "bokeh<3.9\n"})
	first, err := b.Build(t.Context(), dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	machine.Write(t, dir, map[string]string{"constraints.txt": "bokeh<4\n"})
	second, err := b.Build(t.Context(), dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	if a, b := imports(t, first, "import bokeh; print(bokeh.version)"), imports(t, second, "import bokeh; print(bokeh.version)"); a != "3.8.1" || b != "3.9.2" {
		t.Errorf("with other constraints: %s, then %s", a, b)
	}
}

func TestBuilderFails(t *testing.T) {
	offline(t)
	b := &environments.Builder{Dir: filepath.Join(t.TempDir(), "cache")}
	_, err := b.Build(t.Context(), asks(t, "requirements.txt", "bokeh==99\n"))
	if e, ok := err.(*environments.BuildError); !ok || e.Step != "pip install" || e.ExitCode != 1 {
		t.Errorf("got %v", err)
	}
	if size, err := b.Size(); err != nil || size != 0 {
		t.Errorf("%d bytes were left (%v)", size, err)
	}
}

// TestBuilderTogether has two builders build the same at once: one does, the
// other waits for it.
func TestBuilderTogether(t *testing.T) {
	offline(t)
	dir, source := filepath.Join(t.TempDir(), "cache"), asks(t, "requirements.txt", "bokeh\n")
	logs := [2]*machine.Log{{}, {}}
	var envs [2]environments.Environment
	var errs [2]error
	var both sync.WaitGroup
	for i := range logs {
		both.Go(func() {
			envs[i], errs[i] = (&environments.Builder{Dir: dir, Log: logs[i]}).Build(t.Context(), source)
		})
	}
	both.Wait()
	if errs[0] != nil || errs[1] != nil || envs[0].Prefix != envs[1].Prefix {
		t.Fatalf("%v %v %s %s", errs[0], errs[1], envs[0].Prefix, envs[1].Prefix)
	}
	if n := strings.Count(logs[0].String()+logs[1].String(), "-m venv"); n != 1 {
		t.Errorf("it was made %d times\n%s\n%s", n, logs[0], logs[1])
	}
}

// TestBuilderInterrupted ends a build midway, and leaves what a killed one
// leaves: neither is taken for an environment.
func TestBuilderInterrupted(t *testing.T) {
	offline(t)
	source := asks(t, "requirements.txt", "bokeh\n")
	b := &environments.Builder{Dir: filepath.Join(t.TempDir(), "cache")}
	ctx, cancel := context.WithCancel(t.Context())
	b.Log = writerFunc(func(p []byte) {
		if strings.Contains(string(p), "-m pip") {
			cancel()
		}
	})
	if _, err := b.Build(ctx, source); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if size, err := b.Size(); err != nil || size != 0 {
		t.Errorf("%d bytes were left (%v)", size, err)
	}
	b.Log = nil
	env, err := b.Build(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(env.Prefix, ".bokehbinder-complete")); err != nil {
		t.Fatal(err)
	}
	machine.Write(t, env.Prefix, map[string]string{"half": ""})
	l := &machine.Log{}
	b.Log = l
	// The one above is in use, as far as this program knows: by another name it
	// is the same folder of a program that was killed.
	moved := filepath.Join(filepath.Dir(b.Dir), "moved")
	if err := os.Rename(b.Dir, moved); err != nil {
		t.Fatal(err)
	}
	b.Dir = moved
	if err := os.Remove(filepath.Join(moved, filepath.Base(env.Prefix)+".lock")); err != nil {
		t.Fatal(err)
	}
	again, err := b.Build(t.Context(), source)
	if err != nil || !strings.Contains(l.String(), "-m venv") {
		t.Fatalf("%v\n%s", err, l)
	}
	if _, err := os.Stat(filepath.Join(again.Prefix, "half")); err == nil {
		t.Error("the half environment was completed")
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

// TestBuilderLimit keeps as much as is allowed, and what is in use.
func TestBuilderLimit(t *testing.T) {
	offline(t)
	dir := filepath.Join(t.TempDir(), "cache")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Programs that have ended use nothing.
	build := func(content string) {
		t.Helper()
		cmd := exec.Command(self, dir, asks(t, "requirements.txt", content))
		cmd.Env = append(os.Environ(), builderVariable+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	build("bokeh==3.8.1\n")
	b := &environments.Builder{Dir: dir, Limit: 1}
	one, err := b.Size()
	if err != nil || one == 0 {
		t.Fatalf("the size is %d (%v)", one, err)
	}
	build("bokeh==3.9.2\n")
	if two, err := b.Size(); err != nil || two <= one {
		t.Fatalf("the size is %d after %d (%v)", two, one, err)
	}
	env, err := b.Build(t.Context(), asks(t, "requirements.txt", "wave\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(env.Python); err != nil {
		t.Error("the environment that is in use was removed")
	}
	if left, err := b.Size(); err != nil || left > one*3/2 {
		t.Errorf("%d bytes were left, one environment has %d (%v)", left, one, err)
	}
	if removed, err := b.Clean(); err != nil || removed != 0 {
		t.Errorf("%d bytes in use were removed (%v)", removed, err)
	}
	build("bokeh==3.8.1\n")
	if removed, err := b.Clean(); err != nil || removed < one/2 {
		t.Errorf("%d bytes were removed (%v)", removed, err)
	}
	imports(t, env, "import wave")
}

// builderVariable makes the test's program one that builds the folder in its
// arguments.
const builderVariable = "LAUNCH_TEST_BUILDER"

func builder() {
	_, err := (&environments.Builder{Dir: os.Args[1], Log: os.Stderr}).Build(context.Background(), os.Args[2])
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}
