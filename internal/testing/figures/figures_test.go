package figures_test

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
)

func TestSpread(t *testing.T) {
	for _, tt := range []struct {
		sample figures.Sample
		want   string
	}{
		{nil, "–"},
		{figures.Sample{3}, "3.00"},
		{figures.Sample{3, 1, 20}, "3.00 (1.00–20.0)"},
		{figures.Sample{4, 1, 2, 1234567}, "3.00 (1.00–1,234,567)"},
		{figures.Sample{5, 5, 5}, "5.00"},
	} {
		if got := tt.sample.Spread(figures.Number); got != tt.want {
			t.Errorf("%v is written %s, want %s", tt.sample, got, tt.want)
		}
	}
	for value, want := range map[float64]string{999: "999 B", 9_876: "9,876 B", 98_760: "98.8 kB", 123_456_789: "123 MB"} {
		if got := figures.Bytes(value); got != want {
			t.Errorf("%v bytes are written %s, want %s", value, got, want)
		}
	}
}

// TestRecord keeps a section, and nothing where no folder is named.
func TestRecord(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(figures.Folder, "")
	figures.Record(t, "a", figures.Section{Title: "A"})
	t.Setenv(figures.Folder, dir)
	if _, err := figures.Read(dir, "a"); err == nil {
		t.Error("a section is kept though no folder is named")
	}
	figures.Record(t, "a", figures.Section{Title: "A", Quoted: map[string]string{"n": "1 kB"}})
	s, err := figures.Read(dir, "a")
	if err != nil || s.Title != "A" || s.Quoted["n"] != "1 kB" || s.Date.IsZero() || s.Cores == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}
