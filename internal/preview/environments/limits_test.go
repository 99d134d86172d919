//go:build linux || darwin

package environments

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
)

// TestLimits has a list, a script and a first line half as long as may be, and twice.
func TestLimits(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []int{512 << 10, 2 << 20} {
		if err := os.WriteFile(filepath.Join(dir, "list"), []byte("#!/old/python\n"+strings.Repeat("bokeh\n", n/6)), 0o755); err != nil {
			t.Fatal(err)
		}
		list, _ := (&Folder{Facts: &repository.Facts{Snapshot: &repository.Snapshot{}}, dir: dir}).read("list")
		_, script := (Layer{Env: Environment{Python: "/old/python"}}).script(filepath.Join(dir, "list"))
		if len(list) > 1<<20 || len(list) < min(n, 1<<20)-6 || !strings.HasSuffix(string(list), "\nbokeh\n") || script != (n < 1<<20) {
			t.Errorf("%d bytes: as a list %d that end with %q, as a script %v", n, len(list), list[max(0, len(list)-10):], script)
		}
	}
	for n, want := range map[int]string{60: "#!/xx", 240: "#!/bin/sh\n"} {
		if got := shebang("/"+strings.Repeat("x", n), ""); !strings.HasPrefix(got, want) {
			t.Errorf("a path of %d bytes: %.20q", n, got)
		}
	}
}
