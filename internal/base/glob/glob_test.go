package glob_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/base/glob"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, yes, no string
	}{
		{"main.py", "main.py", "a/main.py main_py main.pyc"},
		{"./main.py", "main.py", "a/main.py"},
		{"/main.py", "main.py", "a/main.py"},
		{"*.py", "main.py .py .a.py", "a/main.py main.pyc"},
		{"app/*", "app/a app/.b", "app app/a/b"},
		{"app/", "app/a app/a/b", "app apps/a"},
		{"app/**", "app/a app/a/b", "app apps/a"},
		{"**", "a a/b", ""},
		{"**/main.py", "main.py a/main.py a/b/main.py", "a/xmain.py main.py/a"},
		{"a/**/b", "a/b a/x/b a/b/b a/b/x/b", "b a/bb a/x b/a/b"},
		{"a/**/**/b/**/c", "a/b/c a/x/b/y/z/c a/b/b/c", "a/c a/b a/b/c/d"},
		{"**/a/*/b", "a/x/b a/a/x/b x/a/y/b", "a/b a/x/y/b"},
		{"data/?[0-9].csv", "data/a1.csv", "data/a.csv data/1a.csv data/a12.csv"},
		{`a\*b`, "a*b", "axb"},
		{"größe/*", "größe/ä", "grosse/ä"},
	}
	for _, tt := range tests {
		p, err := glob.Compile(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.FieldsSeq(tt.yes) {
			if !p.Match(name) {
				t.Errorf("%q does not match %q", tt.pattern, name)
			}
		}
		for name := range strings.FieldsSeq(tt.no) {
			if p.Match(name) {
				t.Errorf("%q matches %q", tt.pattern, name)
			}
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"":          "the pattern is empty",
		"/":         "the pattern is empty",
		"a//b":      `pattern "a//b" has an element "", which no path in a repository has`,
		"../a":      `pattern "../a" has an element "..", which no path in a repository has`,
		"a/[b":      `pattern "a/[b" has an open bracket or ends in a backslash`,
		"a/b" + `\`: `pattern "a/b\\" has an open bracket or ends in a backslash`,
	} {
		if _, err := glob.Compile(pattern); err == nil || err.Error() != want {
			t.Errorf("%q: got error %v, want %s", pattern, err, want)
		}
	}
}

// TestCompileStars shows that every other character stands for itself.
func TestCompileStars(t *testing.T) {
	p, err := glob.CompileStars(`d?/**/a[1]*.csv`)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"d?/x/y/a[1]b.csv": true, "d?/a[1].csv": true, "da/a[1].csv": false, "d?/a1.csv": false} {
		if p.Match(name) != want {
			t.Errorf("%s matches %q: %v", p, name, !want)
		}
	}
}

// slow says what Match should, by trying everything. A final "**" must stand
// for something: "a/**" is not "a".
func slow(elements, names []string) bool {
	if len(elements) == 0 {
		return len(names) == 0
	}
	if elements[0] == "**" {
		for i := range len(names) + 1 {
			if slow(elements[1:], names[i:]) && (len(elements) > 1 || len(names) > 0) {
				return true
			}
		}
		return false
	}
	if len(names) == 0 {
		return false
	}
	ok, _ := path.Match(elements[0], names[0])
	return ok && slow(elements[1:], names[1:])
}

func TestMatchAgainstSlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(rapid.SampledFrom([]string{"**", "*", "a", "b", "a*", "*b", "a*b", "*a*", "a*b*a", "?b", "[ab]*", `\a*`}), 1, 6).Draw(t, "pattern")
		names := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "aba", "abba"}), 1, 7).Draw(t, "name")
		p, err := glob.Compile(strings.Join(elements, "/"))
		if err != nil {
			t.Fatal(err)
		}
		want := slow(elements, names)
		if got := p.Match(strings.Join(names, "/")); got != want {
			t.Fatalf("%v on %v: got %v, want %v", elements, names, got, want)
		}
	})
}

// TestExpand lists paths and the folders above them, each once, until the steps are taken.
func TestExpand(t *testing.T) {
	paths := []string{"a", "a.b/x", "ab/c", "ab/d/e", "ab/d/f", "abc/d/f", "b"}
	for pattern, want := range map[string]string{
		"*": "a a.b ab abc b", "a*": "a a.b ab abc", "a*/*": "a.b/x ab/c ab/d abc/d", "**/f": "ab/d/f abc/d/f", "**/d": "ab/d abc/d",
		"ab/**": "ab/c ab/d ab/d/e ab/d/f", "b": "b", "x*": "",
	} {
		p, err := glob.Compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		found, whole := p.Expand(slices.Values(paths), &steps, 1000)
		if got := strings.Join(found, " "); got != want || !whole {
			t.Errorf("%s stands for %q, want %q; to the end: %v", pattern, got, want, whole)
		}
		few := steps / 2
		if part, whole := p.Expand(slices.Values(paths), new(int), few); whole || len(part) > len(found) {
			t.Errorf("%s comes to the end with %d of %d steps", pattern, few, steps)
		}
	}
}
