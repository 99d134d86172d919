package binder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/testing/files"
)

// FuzzPlan plans the build of repositories that hold anything: a list of names, and a
// text that all of them have. What the plan names is there, at a line that is there.
func FuzzPlan(f *testing.F) {
	seeds := map[string][2]string{
		"conda":  {"environment.yml\npostBuild\nstart", "name: x\ndependencies:\n- python=3.12\n"},
		"pip":    {"requirements.txt\nruntime.txt\n.binder/apt.txt\n.binder/requirements.txt", "python-3.11"},
		"docker": {"binder/Dockerfile\nDockerfile\ninstall.R", "FROM x\n"},
		"broken": {"environment.yml\nPipfile\nsetup.py\nREQUIRE", "dependencies: [}"},
	}
	for pack, s := range seeds {
		f.Add(s[0], s[1])
		if p := plan(f, s[0], s[1]); p == nil || len(p.Files) == 0 || pack != "broken" && len(p.Faults) > 0 && pack != "pip" {
			f.Errorf("%s: %+v", pack, p)
		}
	}
	f.Fuzz(func(t *testing.T, names, text string) { plan(t, names, text) })
}

func plan(t testing.TB, names, text string) *binder.Plan {
	tree := make(files.Tree)
	for name := range strings.SplitSeq(names, "\n") {
		if name != "" && !strings.HasPrefix(name, "/") && !strings.HasSuffix(name, "/") && len(tree) < 50 {
			tree[name] = text
		}
	}
	p := binder.NewPlan(tree)
	lines := 1
	for _, c := range text {
		if strings.ContainsRune("\n\r\u0085\u2028\u2029", c) { // line ends of YAML 1.1
			lines++
		}
	}
	for _, fault := range p.Faults {
		if fault.Path != "" && !tree.Exists(fault.Path) || fault.Line > lines {
			t.Errorf("%q, %q: the fault %+v is nowhere", names, text, fault)
		}
	}
	for _, use := range p.Files {
		if !tree.Exists(use.Path) || use.Used == (use.Why != "") {
			t.Errorf("%q: %+v", names, use)
		}
	}
	if p.Python != "" && !slices.Contains(binder.Pythons(), p.Python) {
		t.Errorf("%q, %q: the server's Python is %q", names, text, p.Python)
	}
	return p
}

// TestManyKeys has an environment.yml with more keys than are compared: its packages are
// known, and it is not called wrong.
func TestManyKeys(t *testing.T) {
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, "k%d:\n", i)
	}
	e := binder.ParseEnvironment("environment.yml", []byte(b.String()+"dependencies:\n- bokeh\nk1:\n"))
	if e.Err != "" || len(e.Dependencies) != 1 {
		t.Errorf("%q, %d dependencies", e.Err, len(e.Dependencies))
	}
}
