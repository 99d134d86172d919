package packaging_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

func TestCondaToPip(t *testing.T) {
	tests := []struct{ in, want string }{
		{"bokeh", "bokeh"},
		{"bokeh=3.9", "bokeh==3.9.*"},
		{"bokeh=3.9.*", "bokeh==3.9.*"},
		{"bokeh=4.*", "bokeh==4.*"},
		{"bokeh 4*", "bokeh==4.*"},
		{"bokeh==3.9.2", "bokeh==3.9.2"},
		{"bokeh 3.9.2", "bokeh==3.9.2"},
		{"bokeh==3.9.*", "bokeh==3.9.*"},
		{"bokeh=3.9.2=py_0", "bokeh==3.9.2.*"},
		{"bokeh 3.9.* py311_0", "bokeh==3.9.*"},
		{"bokeh=3.10.0rc1", "bokeh==3.10.0rc1"},
		{"conda-forge::bokeh >=3.1,<4", "bokeh>=3.1,<4"},
		{"bokeh >= 3.1, < 4", "bokeh>=3.1,<4"},
		{"bokeh!=3.1.*", "bokeh!=3.1.*"},
		{"bokeh>=3.1.*", "bokeh>=3.1"},
		{"bokeh~=3.1", "bokeh~=3.1"},
		{"bokeh=*", "bokeh"},
		{"bokeh # as it was", "bokeh"},
		{"jupyter_server=2", "jupyter_server==2.*"},
		{"bokeh 3|4", "error"},
		{"bokeh[version='>=3']", "error"},
		{"bokeh=a.b", "error"},
		{"!", "error"},
	}
	for _, tt := range tests {
		name, conditions, err := packaging.CondaToPip(tt.in)
		got := name + conditions
		if err != nil {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("%q: got %s (%v), want %s", tt.in, got, err, tt.want)
		}
		if r, err := packaging.ParseRequirement(got); got != "error" && (err != nil || len(r.Specs) == 0 && conditions != "") {
			t.Errorf("%q: pip would not take %s: %v", tt.in, got, err)
		}
	}
}
