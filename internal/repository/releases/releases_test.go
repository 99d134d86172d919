package releases_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/releases"
)

func specs(t testing.TB, text string) packaging.Specifiers {
	t.Helper()
	out, err := packaging.ParseSpecifiers(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFromIndex(t *testing.T) {
	for _, tt := range []struct {
		name, specs, python string
		want                releases.Outcome
	}{
		{"numpy", "", "3.10", releases.Unknown},
		{"numpy", ">=1.16", "3.10", releases.Unknown},
		{"numpy", "==1.26.4", "3.10", releases.Built},
		{"numpy", "<2", "3.10", releases.Built},
		{"numpy", "==1.17.0", "3.10", releases.FromSource},
		{"numpy", "<1.18,>=1.17", "3.10", releases.FromSource},
		{"numpy", "==1.17.0", "3.7", releases.Built},
		{"numpy", "==2.3.0", "3.10", releases.Excluded},
		{"numpy", "==1.99", "3.10", releases.Missing},
		{"numpy", "==1.26.0rc1", "3.10", releases.Unknown},
		{"numpy", "==999", "3.10", releases.Unknown},
		{"h5py", "==3.12.0", "3.10", releases.Built}, // taken back
		{"h5py", ">3.11,<3.12.1", "3.10", releases.TakenBack},
		{"h5py", "==3.12.0.*", "3.10", releases.TakenBack},
		{"pandas", "==0.25.1", "3.5", releases.Built}, // for >=3.5.3
		{"tornado", "==6.4", "3.13", releases.Built},  // of a stable ABI
		{"pyyaml", "==5.4.1", "3.10", releases.Fails},
		{"pyyaml", "==5.4.1", "3.11", releases.FromSource},
		{"pyyaml", "<6,>=5.3.1", "3.10", releases.FromSource},
		{"pyyaml", "==5.3.1", "3.10", releases.Built}, // a source that builds
		{"bokeh", "==3.9.0", "3.9", releases.Excluded},
		{"bokeh", "==1.4.0", "3.14", releases.Built}, // nothing is compiled
		{"wave", "==1", "3.10", releases.Unknown},
	} {
		if got := releases.FromIndex(tt.name, specs(t, tt.specs), tt.python); got != tt.want {
			t.Errorf("%s%s on Python %s: %d, want %d", tt.name, tt.specs, tt.python, got, tt.want)
		}
	}
}

func TestFromConda(t *testing.T) {
	for _, tt := range []struct {
		text, python string
		want         releases.Outcome
	}{
		{"pandas", "3.10", releases.Unknown},
		{"pandas=0.24.2", "3.10", releases.Missing},
		{"pandas=0.20", "3.10", releases.Missing},
		{"numpy=1.16.4", "3.10", releases.Missing},
		{"numpy=1.16.4", "3.7", releases.Built},
		{"numpy<1.21", "3.10", releases.Missing},
		{"numpy<1.22", "3.10", releases.Built},
		{"numpy=1.21.0", "3.10", releases.Branch},
		{"numpy=1.21.6", "3.10", releases.Branch},
		{"numpy=1", "3.10", releases.Built},
		{"pandas=1.5", "3.7", releases.Unlikely},
		{"pandas=999", "3.10", releases.Built},
		{"wave=1", "3.10", releases.Unknown},
	} {
		r, err := packaging.ParseConda(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := releases.FromConda(r.Name, r.Specs, tt.python); got != tt.want {
			t.Errorf("%s on Python %s: %d, want %d", tt.text, tt.python, got, tt.want)
		}
	}
}

// TestTables checks that the tables are whole: each package's releases once, in
// order, in both tables the same packages.
func TestTables(t *testing.T) {
	for _, table := range []releases.Table{releases.Index(), releases.Conda()} {
		if len(table) < 20 {
			t.Errorf("a table has only %d packages", len(table))
		}
		for name, list := range table {
			if !slices.IsSortedFunc(list, func(a, b releases.Release) int { return a.Version.Compare(b.Version) }) {
				t.Errorf("the releases of %s are not in order", name)
			}
			if !slices.ContainsFunc(list, func(r releases.Release) bool { return slices.Contains(r.Pythons, "3.10") }) {
				t.Errorf("%s has no build for Python 3.10", name)
			}
		}
	}
}

// TestFewerConditions checks that what can be had can be had with fewer
// conditions.
func TestFewerConditions(t *testing.T) {
	list := releases.Index()["numpy"]
	rapid.Check(t, func(t *rapid.T) {
		pick := func(op string) packaging.Specifier {
			return packaging.Specifier{Op: op, Version: rapid.SampledFrom(list).Draw(t, op).Version}
		}
		both := packaging.Specifiers{pick(">="), pick("<=")}
		python := rapid.SampledFrom([]string{"2.7", "3.7", "3.10", "3.14"}).Draw(t, "python")
		if releases.Index().Fits("numpy", both, python) && !releases.Index().Fits("numpy", both[:1], python) {
			t.Fatalf("with %v it fits and with %v it does not", both, both[:1])
		}
	})
}
