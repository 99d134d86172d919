package releases_test

import (
	"slices"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/releases"
)

// TestRunOf looks for the series that conditions ask for.
func TestRunOf(t *testing.T) {
	for _, tt := range []struct{ name, specs, want string }{
		{"pandas", "==1.5.1", "1.5.3"},
		{"pandas", "~=1.5.1", "1.5.3"},
		{"pandas", "==1.5.*", "1.5.3"},
		{"pandas", "<2", "1.5.3"},
		{"pandas", "~=1.3", "1.5.3"},
		{"pandas", "<=1.4", "1.4.4"},
		{"pandas", "<1.4.2,>=1", "1.4.4"},
		{"pandas", "<1.4", "1.3.5"},
		{"pandas", ">=1.5", ""},
		{"pandas", "", ""},
		{"pandas", "<1", ""},
		{"wave", "<2", ""},
	} {
		r, ok := releases.RunOf(tt.name, specs(t, tt.specs))
		if got := r.Version.String(); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s%s: %s, want %s", tt.name, tt.specs, got, tt.want)
		}
	}
}

// TestRuns reads rows of each kind.
func TestRuns(t *testing.T) {
	for _, tt := range []struct {
		name, specs     string
		works, imported bool
		pins, keeps     string
	}{
		{"bokeh", "==3.9.*", true, false, "", ""},
		{"bokeh", "==2.4.3", false, false, "numpy<2", ""},
		{"pandas", "==1.5.3", false, true, "numpy<2", ""},
		{"pandas", "==2.1.4", true, true, "", "numpy<2"},
	} {
		r, ok := releases.RunOf(tt.name, specs(t, tt.specs))
		if !ok || r.Works != tt.works || r.Imported != tt.imported || r.Works != (r.Says == "") ||
			tt.pins != "" && !slices.Contains(r.Pins, tt.pins) || tt.keeps != "" && !slices.Contains(r.Keeps, tt.keeps) {
			t.Errorf("%s%s is %+v", tt.name, tt.specs, r)
		}
	}
}
