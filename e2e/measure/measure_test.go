package main

import (
	"slices"
	"strings"
	"testing"
)

// TestFiles reads what pip says of files as it says it.
func TestFiles(t *testing.T) {
	r := releases{}
	for line := range strings.Lines(`
  Found link https://files.example/a/wave-1.0.tar.gz (from https://index.example/simple/wave/) (requires-python:>=2.7), version: 1.0
  Skipping link: none of the wheel's tags (cp310-cp310-win_amd64) are compatible (run pip debug --verbose to show compatible tags): https://files.example/b/wave-1.1-cp310-cp310-win_amd64.whl (from https://index.example/simple/wave/) (requires-python:>=3.8)
  Found link https://files.example/c/wave-1.1-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl#sha256=0 (from https://index.example/simple/wave/) (requires-python:>=3.8), version: 1.1
  Found link https://files.example/d/wave-1.1.1.tar.gz#sha256=0 (yanked) (from https://index.example/simple/wave/) (requires-python:>=3.8), version: 1.1.1
  Found link https://files.example/d/wave-1.2-cp311-abi3-manylinux_2_28_x86_64.whl (from https://index.example/simple/wave/), version: 1.2
  Found link https://files.example/d/wave-1.3rc1-py3-none-any.whl (from https://index.example/simple/wave/), version: 1.3rc1
`) {
		if m := fileLine.FindStringSubmatch(line); m != nil {
			r.file(m[1], m[3], m[2] != "")
		}
	}
	const want = `
wave
  source | >=2.7 | 1.0
  3.10 | >=3.8 | 1.1
  source yanked | >=3.8 | 1.1.1
  3.11 3.12 3.13 3.14 |  | 1.2
`
	if got := r.write("wave"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestWheelFits(t *testing.T) {
	for name, want := range map[string]string{
		"a-1-py3-none-any.whl":                          "3.5 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14",
		"a-1-py2.py3-none-any.whl":                      "2.7 3.5 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14",
		"a-1-cp27-cp27mu-manylinux1_x86_64.whl":         "2.7",
		"a-1-cp37-cp37m-manylinux1_x86_64.whl":          "3.7",
		"a-1-2-cp313-cp313-manylinux_2_28_x86_64.whl":   "3.13",
		"a-1-cp313-cp313t-manylinux_2_28_x86_64.whl":    "", // without the lock
		"a-1-cp313-cp313-manylinux_2_40_x86_64.whl":     "", // too new
		"a-1-cp313-cp313-manylinux_2_28_aarch64.whl":    "",
		"a-1-cp313-cp313-musllinux_1_2_x86_64.whl":      "",
		"a-1-cp313-cp313-macosx_11_0_arm64.whl":         "",
		"a-1-pp310-pypy310_pp73-manylinux1_x86_64.whl":  "",
		"a-1-cp38-abi3-manylinux2014_x86_64.whl":        "3.8 3.9 3.10 3.11 3.12 3.13 3.14",
		"a-1-py3-none-manylinux2014_x86_64.whl":         "3.5 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14",
		"a-1-cp310-cp310-linux_armv7l.linux_x86_64.whl": "3.10",
	} {
		got := slices.DeleteFunc(slices.Clone(pythons), func(p string) bool { return !wheelFits(name, p) })
		if strings.Join(got, " ") != want {
			t.Errorf("%s is for %q, want %q", name, got, want)
		}
	}
}

func TestVariantPythons(t *testing.T) {
	for content, want := range map[string]string{
		"c_compiler:\n- gcc\npython:\n- 3.10.* *_cpython\npython_impl:\n- cpython\n": "3.10",
		"python:\n- '3.6'\n":                                "3.6",
		"python:\n- 3.14.* *_cp314t\n":                      "",
		"python:\n- 3.9.* *_73_pypy\n":                      "",
		"python:\n- 3.9.* *_cpython\n- 3.10.* *_cpython\n":  "3.9 3.10",
		"is_abi3:\n- 'true'\npython:\n- 3.13.* *_cpython\n": "3.13 3.14 3.13",
		"c_compiler:\n- gcc\n":                              "",
	} {
		if got := strings.Join(variantPythons(content), " "); got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
}

// TestCause finds in a log what made a build fail.
func TestCause(t *testing.T) {
	const log = "  running build_ext\n  wave.c:1:10: fatal error: tide.h: No such file or directory\n  error: command failed\nhint: See above for details.\n"
	if got, want := cause(log), "wave.c:1:10: fatal error: tide.h: No such file or directory"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := lastLine("Traceback\nImportError: cannot import name 'Foam' from 'wave' (/home/x/wave.py)\n"), "ImportError: cannot import name 'Foam' from 'wave'"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
