package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
)

// versions are modules' versions in their order, with Python's.
var versions = [][2]string{
	{"v0.0.0-20260102030405-33ddd60b6d6d", "0.0.0.post0.dev20260102030405+g33ddd60b6d6d"},
	{"v1.2.0-alpha.1", "1.2.0a1"},
	{"v1.2.0-beta.2", "1.2.0b2"},
	{"v1.2.0-rc.1", "1.2.0rc1"},
	{"v1.2.0-rc.1.0.20260102030405-000000000001", "1.2.0rc1.post0.dev20260102030405+g000000000001"},
	{"v1.2.0-rc.10", "1.2.0rc10"},
	{"v1.2.0", "1.2.0"},
	{"v1.2.0+dirty", "1.2.0+dirty"},
	{"v1.2.1-0.20260102030405-33ddd60b6d6d", "1.2.0.post0.dev20260102030405+g33ddd60b6d6d"},
	{"v1.2.1-0.20260102030406-33ddd60b6d6d+dirty", "1.2.0.post0.dev20260102030406+g33ddd60b6d6d.dirty"},
	{"v1.2.1", "1.2.1"},
}

// TestPython writes versions as Python has them; Python's own library takes them as
// they are, and puts them into the same order.
func TestPython(t *testing.T) {
	var written []string
	for _, v := range versions {
		got, err := python(v[0])
		if err != nil || got != v[1] {
			t.Errorf("%s is %s, not %s: %v", v[0], got, v[1], err)
		}
		written = append(written, got)
	}
	if got, err := python("v1.2.0-spring"); err == nil {
		t.Errorf("Python has no such version: %s", got)
	}
	reversed := slices.Clone(written)
	slices.Reverse(reversed)
	cmd := exec.Command(venv.Python(t, "packaging", "packaging==26.0"), append([]string{"-c", `import json, sys
from packaging.version import Version
print(json.dumps([str(v) for v in sorted(map(Version, sys.argv[1:]))]))`}, reversed...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var sorted []string
	if err := json.Unmarshal(out, &sorted); err != nil || !slices.Equal(sorted, written) {
		t.Errorf("Python has them as %s: %v", out, err)
	}
}
