package rlang_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/rlang"
)

func TestCalls(t *testing.T) {
	for source, want := range map[string]string{
		`shiny::runApp('app', port = 3838L)`:                      "runApp(,app port,3838)",
		`runApp(appDir = "a,b(", launch.browser=FALSE) # f(x)`:    "runApp(appDir,a,b( launch.browser,FALSE)",
		"x <- 1\nif (x == 2) f ( a$b, 'it\\'s' )":                 "if(,x == 2) f(,a$b ,it\\'s)",
		`runApp(list(port = 1), options = list(port = 2, h=g()))`: "runApp(,list(port = 1) options,list(port = 2, h=g())) list(port,1) list(port,2 h,g()) g(,)",
		`"f(x)"; 'g(y`:   "",
		`f(a, b`:         "f(,a ,b)",
		`a = b; f[g(1)]`: "g(,1)",
		``:               "",
	} {
		var got []string
		for _, c := range rlang.Calls(source) {
			var args []string
			for _, a := range c.Args {
				args = append(args, a.Name+","+a.Value)
			}
			got = append(got, fmt.Sprintf("%s(%s)", c.Name, strings.Join(args, " ")))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s\n got %s\nwant %s", source, text, want)
		}
	}
}

// TestSure tells calls that nothing decides about.
func TestSure(t *testing.T) {
	for source, want := range map[string]string{
		"a(1)\nx <- p::b(c(2)); d()":                    "a p::b d",
		"if (a()) b()\nc()":                             "c",
		"if (x) {\n  a()\n} else\n  b()\nc()":           "c",
		"f <- function(x)\n\n  a(x)\nb()\n":             "b",
		"for (i in x) y <- a(i)\nb(\n 1\n)\nc()":        "b c",
		"x || a()\n# if (y)\nb()":                       "b",
		"repeat {\n  a()\n}\n(b())\n{ c() }\nd ( '(' )": "d",
	} {
		var got []string
		for _, c := range rlang.Calls(source) {
			if c.Sure && c.Name != "if" && c.Name != "function" && c.Name != "for" {
				got = append(got, strings.TrimLeft(c.Package+"::"+c.Name, ":"))
			}
			if at := strings.TrimLeft(c.Package+"::"+c.Name, ":"); !strings.HasPrefix(source[c.Offset:], at) {
				t.Errorf("%q: %s is not at %d", source, at, c.Offset)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%q\n got %s\nwant %s", source, text, want)
		}
	}
}

// TestLimits has half as much as is read of something, and twice as much: then what is
// behind or in it is not found.
func TestLimits(t *testing.T) {
	for name, test := range map[string]struct {
		most int
		make func(n int) string
	}{
		"calls in one another": {20, func(n int) string { return strings.Repeat("f(", n-1) + "last()" }},
		"bytes":                {512 << 10, func(n int) string { return strings.Repeat("#", n-10) + "\nlast()" }},
	} {
		for _, n := range []int{test.most / 2, 2 * test.most} {
			var r rlang.Reader
			found := slices.ContainsFunc(r.Calls(test.make(n)), func(c rlang.Call) bool { return c.Name == "last" })
			if found != (n < test.most) || r.Cut != (name == "bytes" && !found) {
				t.Errorf("%d %s: the call is found: %v, cut %v", n, name, found, r.Cut)
			}
		}
	}
}

// TestReader reads a source once, and all sources of a repository within one limit.
func TestReader(t *testing.T) {
	var r rlang.Reader
	for range 100 {
		if calls := r.Calls("f()" + strings.Repeat(" ", 100<<10)); len(calls) != 1 || r.Cut {
			t.Fatalf("%d calls, cut %v", len(calls), r.Cut)
		}
	}
	for i := range 10 {
		r.Calls(fmt.Sprint(i) + strings.Repeat(" ", 100<<10))
	}
	if !r.Cut {
		t.Error("ten sources are read whole")
	}
}

// FuzzCalls reads anything, and ends.
func FuzzCalls(f *testing.F) {
	f.Add(`shiny::runApp("a", port = 1)`)
	f.Add("f(((((((((((((((((((((((((((((")
	f.Fuzz(func(t *testing.T, source string) {
		for _, c := range rlang.Calls(source) {
			if c.Name == "" || !strings.Contains(source, c.Name) {
				t.Errorf("a call of %q", c.Name)
			}
		}
	})
}
