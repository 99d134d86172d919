package packaging_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/testing/allocated"
)

// show writes a requirement as one line.
func show(r packaging.Requirement) string {
	var b strings.Builder
	b.WriteString(r.Name)
	for _, e := range r.Extras {
		b.WriteString(" [" + e + "]")
	}
	for _, s := range r.Specs {
		star := ""
		if s.Prefix {
			star = ".*"
		}
		fmt.Fprintf(&b, " %s%s%s", s.Op, s.Version, star)
	}
	if r.URL != "" {
		b.WriteString(" @" + r.URL)
	}
	return b.String()
}

func TestRequirements(t *testing.T) {
	tests := []struct{ in, want string }{
		{"bokeh", "bokeh"},
		{"Jupyter_Server.Proxy>=4", "jupyter-server-proxy >=4"},
		{"bokeh==3.9.*,!=3.9.1", "bokeh ==3.9.* !=3.9.1"},
		{"bokeh (>=3)", "bokeh >=3"},
		{"dask[array, Diagnostics]~=2024.1; python_version > '3.8'", "dask [array] [diagnostics] ~=2024.1"},
		{"pkg @ https://example.org/pkg.zip", "pkg @https://example.org/pkg.zip"},
		{"bokeh=3.9", "error"},
		{"bokeh>=a.b", "error"},
		{"bokeh>=3.*", "error"},
		{"!", "error"},
	}
	for _, tt := range tests {
		r, err := packaging.ParseRequirement(tt.in)
		got := show(r)
		if err != nil {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestConda(t *testing.T) {
	tests := []struct{ in, want string }{
		{"bokeh", "bokeh"},
		{"bokeh=3.9", "bokeh ==3.9.*"},
		{"bokeh==3.9.2", "bokeh ==3.9.2"},
		{"bokeh=3.9.2=py_0", "bokeh ==3.9.2.*"},
		{"conda-forge::bokeh >=3.1,<4", "bokeh >=3.1 <4"},
		{"bokeh 3.9.* py311_0", "bokeh ==3.9.*"},
		{"bokeh=*", "bokeh"},
		{"bokeh 3|4", "bokeh"},
		{"Jupyter-Server-Proxy>=4", "jupyter-server-proxy >=4"},
		{"bokeh[version='>=3']", "bokeh"},
	}
	for _, tt := range tests {
		r, err := packaging.ParseConda(tt.in)
		if got := show(r); got != tt.want || err != nil {
			t.Errorf("%q: got %s (%v), want %s", tt.in, got, err, tt.want)
		}
	}
}

func TestAllow(t *testing.T) {
	tests := []struct {
		specs, version string
		want           bool
	}{
		{"", "3.9.2", true},
		{">=3.1,<4", "3.10.2", true},
		{">=3.1,<4", "4.0", false},
		{"==3.1", "3.1.0", true},
		{"==3.1", "3.1.1", false},
		{"==3.1.*", "3.1.1", true},
		{"!=3.1.*", "3.1.1", false},
		{"~=3.1", "3.9", true},
		{"~=3.1.1", "3.2", false},
		{"<3.10", "3.10.0rc1", true},
		{">3.9", "3.10", true},
		{"<=3.9", "3.9.0.post1", true},
		{"===3.9.2", "3.9.2", true},
	}
	for _, tt := range tests {
		specs, err := packaging.ParseSpecifiers(tt.specs)
		v, err2 := packaging.ParseVersion(tt.version)
		if err != nil || err2 != nil || specs.Allow(v) != tt.want {
			t.Errorf("%s allows %s: want %v (%v, %v)", tt.specs, tt.version, tt.want, err, err2)
		}
	}
}

// at writes where a line begins.
func at(l packaging.Line) string { return fmt.Sprintf("%d:%d", l.Number, l.Column) }

func TestLines(t *testing.T) {
	const text = "# c\nbokeh # c\n\n-r other.txt\r\n  --index-url=https://x --pre\npanel \\\n  >=1 # d\n./local[a]\ngit+https://a/b\n-e .\n-cx.txt\nbad=1\n" +
		"https://x/wave-1.2-py3-none-any.whl\ngit+https://a/b#egg=tide&subdirectory=c\n${NAME}==1\nbokeh==3.9.2 --hash=sha256:abc\n--nonsense\n--req a.txt\nsurf @ https://x/a.zip\n-e git+https://a/b#egg=foam\n"
	const want = `2:1 bokeh
4:1 list other.txt
5:3 [{--index-url https://x} {--pre }] false
6:1 panel >=1
8:1 path ./local
9:1 address git+https://a/b
10:1 path .
11:1 conditions x.txt
12:1 error
13:1 wave ==1.2 @https://x/wave-1.2-py3-none-any.whl
14:1 tide @git+https://a/b#egg=tide&subdirectory=c
15:1 [] true
16:1 bokeh ==3.9.2
17:1 error
18:1 error
19:1 surf @https://x/a.zip
20:1 foam @git+https://a/b#egg=foam
`
	var b strings.Builder
	for _, l := range packaging.ParseRequirements(text) {
		switch {
		case l.Requirement != nil:
			fmt.Fprintln(&b, at(l), show(*l.Requirement))
		case l.Kind == packaging.Broken:
			fmt.Fprintln(&b, at(l), "error")
		case l.Target != "":
			fmt.Fprintln(&b, at(l), map[packaging.Kind]string{packaging.Address: "address", packaging.Local: "path", packaging.Include: "list",
				packaging.Constraint: "conditions"}[l.Kind], l.Target)
		default:
			fmt.Fprintln(&b, at(l), l.Options, l.Kind == packaging.Variable)
		}
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestMarkerDepth nests a condition half as deep as may be, and twice.
func TestMarkerDepth(t *testing.T) {
	for n, ok := range map[int]bool{500: true, 2000: false} {
		text := "bokeh; " + strings.Repeat("(", n) + "python_version > '3'" + strings.Repeat(")", n)
		if _, err := packaging.ParseRequirement(text); (err == nil) != ok {
			t.Errorf("%d deep: %v", n, err)
		}
	}
}

// TestManySpecifiers has a requirement with four times as many conditions as another: it takes
// about four times as much.
func TestManySpecifiers(t *testing.T) {
	work := func(n int) uint64 {
		return allocated.By(func() {
			if r, err := packaging.ParseRequirement("bokeh" + strings.Repeat(">=1,", n) + "<9"); err != nil || len(r.Specs) != n+1 {
				t.Errorf("%d conditions, %v", len(r.Specs), err)
			}
		})
	}
	if short, long := work(1000), work(4000); long > 8*short {
		t.Errorf("%d bytes, and %d for four times as many conditions", short, long)
	}
}
