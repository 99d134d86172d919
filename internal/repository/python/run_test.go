package python_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// show writes a value in one line; what is not known as <name>.
func show(v any) string {
	switch v := v.(type) {
	case *python.List:
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			parts[i] = show(item)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case *python.Dict:
		parts := make([]string, len(v.Items))
		for i, it := range v.Items {
			parts[i] = show(it.Key) + ":" + show(it.Value)
		}
		return "{" + strings.Join(parts, " ") + "}"
	case python.Ref:
		return "<" + string(v) + ">"
	case *python.Func:
		return "func " + v.Def.Name
	case string:
		b, _ := json.Marshal(v)
		return string(b)
	}
	return fmt.Sprint(v)
}

// TestValues evaluates the last assignment to x.
func TestValues(t *testing.T) {
	tests := []struct{ source, want string }{
		{`x = 1`, `1`},
		{`x = -0x10`, `-16`},
		{`x = 1.5`, `1.5`},
		{`x = [f"{a}.py" for a in ["b", "c"]]`, `["b.py" "c.py"]`},
		{`x = [a for a in ["b"] if a]`, `<?>`},
		{`x = [a for a in unknown]`, `<?>`},
		{`a = 1` + "\n" + `b = [a for a in [2]]; x = a`, `1`},
		{"from pathlib import Path\n" + `x = ["serve", *[str(p) for p in Path("apps").glob("*.py")]]`, `["serve" <glob:apps/*.py>]`},
		{`x = None`, `<nil>`},
		{`x = True`, `true`},
		{`x = "a\n" 'b' r'\n'`, `"a\nb\\n"`},
		{`x = "\x41\u0042\U00000043\104\q\N{DASH}"`, `"ABCD\\q\\N{DASH}"`},
		{"x = 'a\\\nb'", `"ab"`},
		{`x = ("a", ["b"], {"c": 1, **{"d": 2}}, {3})`, `["a" ["b"] {"c":1 "d":2} [3]]`},
		{`x = []; x.append("a"); x += ["b"]; x.extend(["c", "d"]); x.insert(0, "e")`, `["e" "a" "b" "c" "d"]`},
		{`a, (b, c) = 1, (2, 3)` + "\nx = [c, b, a]", `[3 2 1]`},
		{`a = ["x", "y"]; x = ["w", *a, *unknown]`, `["w" "x" "y" <unknown>]`},
		{`x = y = "a"`, `"a"`},
		{`x: int = 5`, `5`},
		{`port = 5006` + "\n" + `x = f"--port={port}"`, `"--port=5006"`},
		{`x = f"--port={port}"`, `"--port={port}"`},
		{`x = f"--port={{port}}"`, `"--port={port}"`},
		{`x = f"{a.b[0]}-{c()}"`, `"{a.b[0]}-{c()}"`},
		{`x = f"{1:03d}"`, `"{?}"`},
		{`x = f'{"a" if b else "c"}{d!r}'`, `"{?}{?}"`},
		{`x = "--port=" + str(5006)`, `"--port=5006"`},
		{`x = "--port=" + str(port)`, `"--port={port}"`},
		{`x = "%s --port %d %%" % ("app", 5006)`, `"app --port 5006 %"`},
		{`x = "{} {port} {1} {{}}".format("a", "b", port=1)`, `"a 1 b {}"`},
		{`x = "--port={port}".format()`, `"--port={port}"`},
		{`x = "bokeh serve app".split()`, `["bokeh" "serve" "app"]`},
		{"import shlex\n" + `x = shlex.split("a 'b c' d\\ e")`, `["a" "b c" "d e"]`},
		{`x = " ".join(["a", "b"])`, `"a b"`},
		{"import os.path as p\n" + `x = p.join(p.dirname(p.abspath(__file__)), "app")`, `"/home/jovyan/ext/app"`},
		{"from pathlib import Path\n" + `x = Path(__file__).resolve().parent / "app" / "main.py"`, `"/home/jovyan/ext/app/main.py"`},
		{"import os\n" + `x = os.environ.get("PORT", 5006)`, `5006`},
		{"import os\n" + `x = os.environ.get("PORT") or 5006`, `5006`},
		{"import os\n" + `x = os.environ["PORT"]`, `<os.environ[PORT]>`},
		{"import sys\nx = [sys.executable, '-m']", `["python" "-m"]`},
		{"d = dict(a=1, b=[2])\nd['c'] = 3\nd.update({'a': 4})\nx = d", `{"a":4 "b":[2] "c":3}`},
		{"x = {'a': {}}\nx['a']['b'] = 1", `{"a":{"b":1}}`},
		{"x = {'a': 1} | {'b': 2}", `{"a":1 "b":2}`},
		{"def f(a, b=2, *c, **d):\n    return [a, b]\nx = f(1)", `[1 2]`},
		{"def f():\n    return 1\n    return 2\nx = f()", `1`},
		{"def f(a):\n    if a:\n        return 1\n    return 2\nx = f(b)", `<?>`},
		{"def f(n):\n    return f(n)\nx = f(1)", `<?>`},
		{"x = 1\nif a:\n    x = 2", `<x>`},
		{"if a:\n    x = 2\nelse:\n    x = 2", `2`},
		{"if a:\n    x = 2\nelif b:\n    x = 3\nelse:\n    x = 2", `<x>`},
		{"x = 1\nif a:\n    x = 2\nelse:\n    x = 2", `2`},
		{"x = 1\nif __name__ == '__main__':\n    x = 2", `1`},
		{"try:\n    import a\n    x = 1\nexcept ImportError:\n    x = 2\n", `<x>`},
		{"try:\n    x = 1\nfinally:\n    pass\n", `1`},
		{"x = 0\nfor i in [1, 2]:\n    x = x + i", `3`},
		{"x = []\nfor a, b in [('c', 'd')]:\n  x += [b, a]", `["d" "c"]`},
		{"for x in y: pass", `<x>`},
		{"with open('a') as f:\n    x = 1", `1`},
		{"x = [a for a in b]", `<?>`},
		{"x = a if b else c", `<?>`},
		{"x = (lambda: 1)", `<?>`},
		{"x = 'a' * 1000000000", `<?>`},
		{"x = await f(y)", `<f()>`},
		{"# x = 2\n'''\nx = 3\n'''\nx = 1 # x = 4", `1`},
		{"x = 1; y = 'x = 2'", `1`},
		{"class A:\n    x = 2\nx = 1", `1`},
		{"@d(1)\nasync def f(): return 1\nx = f", `func f`},
		{"from pathlib import Path\np = Path('a', 'b.c.py')\nx = [p.name, p.stem, p.parent, p.parents[0], p.with_name('d'), p.joinpath('e', 'f'), p.y]", `["b.c.py" "b.c" "a" "a" "a/d" "a/b.c.py/e/f" <?>]`},
		{"from pathlib import Path\nx = [Path('a').absolute().as_posix(), Path('~/b').expanduser(), Path.cwd(), Path(y)]", `["/home/jovyan/a" "/home/jovyan/b" "/home/jovyan" <pathlib.Path()>]`},
		{"from os.path import basename, normpath, expanduser\nx = [basename('a/b'), normpath('a/../b/.'), expanduser('~'), expanduser('a')]", `["b" "b" "/home/jovyan" "a"]`},
		{"x = [int('5'), int(y), str(None), str([1]), list((1, 2)), tuple(), sorted([2, 1])]", `[5 <y> "None" [1] [1 2] [] <sorted()>]`},
		{"d = {'a': 1, 'b': 2}\nx = [d['a'], d.get('c'), d.get('c', 3), d.setdefault('e', 4), d.copy(), d.pop('a')]", `[1 <nil> 3 4 {"a":1 "b":2 "e":4} <?>]`},
		{"d = {'a': 1}\nx = []\nfor k, v in d.items(): x.append(f'{k}={v}')\nx += list(d.keys()) + list(d.values())", `["a=1" "a" 1]`},
		{"l = [1, 2, 3]\nx = [l[0], l[-1], l[9], l[y], l.copy(), y[0]['a']]", `[1 3 <?> <?> [1 2 3] <y[0][a]>]`},
		{"x = ['A b'.lower(), ' a '.strip(), 'a,b'.split(','), 'aXb'.replace('X', '-'), 'a'.upper(), 'a'.encode()]", `["a b" "a" ["a" "b"] "a-b" <?> "a"]`},
		{"x = ['a' == 'a', 'a' != 'a', 1 == y, y or 2, 0 or 2, 'a' and 3, [] or {} or 4, not y]", `[true false <?> <?> 2 3 4 <?>]`},
		{"x = [1 + 2, 'a' + 'b', 'a' + y, y + z, [1] + [2], [1] + y, 1 + 'a', -y, 2 ** 3]", `[3 "ab" "a{y}" <?> [1 2] [1 <?>] <?> <?> <?>]`},
		{"x = ['%s' % y, '%s %s' % ('a', 1.5), '%x' % 3, '%s %s' % 'a', '100%']", `["{y}" "a 1.5" <?> <?> "100%"]`},
		{"x = ['{0}{0}'.format('a'), '{'.format(), '}'.format(), '{a.b}'.format(a=1), ', '.join(y), ''.join(['a', z])]", `["aa" "{" "}" "{a.b}" <?> "a{z}"]`},
		{"x = dict({'a': 1}, b=2, **{'c': 3})", `{"a":1 "b":2 "c":3}`},
		{"x = {'a': 1, **y}", `{"a":1 <**>:<y>}`},
		{"if (f := lambda a: {1: 2}): x = 1\nelse: x = 2", `<x>`},
		{"match y:\n    case 1:\n        x = 1\n    case _:\n        x = 2", `<x>`},
		{"  x = 1\n y = 2", `1`},
		{"match = 1; case = 2\nx = match", `1`},
		{"x = y[1:2, ::3]", `<y[{?}]>`},
		{"def f(*, a: int = 5, **k) -> [1]:\n    return a\nx = f()", `5`},
		{"def f():\n    pass\nx = f()", `<nil>`},
		{"from . import a\nfrom .b.c import (d as e,\n  f,)\nimport g.h, i as j\nx = [a, e, f, g, j]", `[<.a> <.b.c.d> <.b.c.f> <g> <i>]`},
		{"x = (1)", `1`},
		{"x = (1,)", `[1]`},
		{"x = ()", `[]`},
		{"x = [\n  'a',  # b\n  'c'\n]", `["a" "c"]`},
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			m := python.Read(tt.source, "/home/jovyan/ext/server.py", nil)
			v, ok := m.Lookup("x")
			if got := show(v); !ok || got != tt.want {
				t.Errorf("x = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestCalls(t *testing.T) {
	source := `
import subprocess as sp, os
from subprocess import Popen as P, run
from asyncio import *
# Popen(["comment"])
"""Popen(["docstring"])"""
s = "Popen(['string'])"
COMMAND = ["bokeh", "serve"]

def load(app, port=5006):
    cmd = COMMAND + ["app"]
    P(cmd, cwd="a")
    cmd.append("late")
    if app:
        p = sp.run(f"bokeh serve --port {port}", shell=True)
    with run(**{"args": cmd}) as x: pass
    return [create_subprocess_exec("a", *cmd) for _ in y]

class A:
    def m(self):
        self.start(self.port)

if __name__ == "__main__":
    os.system("never")
`
	m := python.Read(source, "x.py", nil)
	var got []string
	for _, c := range m.Calls {
		line := fmt.Sprintf("%d %s %s%s", c.Line, c.Func, c.Name, show(&python.List{Items: c.Args}))
		for _, name := range []string{"cwd", "shell", "args"} {
			if v, ok := c.Named[name]; ok {
				line += " " + name + "=" + show(v)
			}
		}
		got = append(got, line)
	}
	want := []string{
		`12 load subprocess.Popen[["bokeh" "serve" "app"]] cwd="a"`,
		`15 load subprocess.run["bokeh serve --port 5006"] shell=true`,
		`16 load subprocess.run[] args=["bokeh" "serve" "app" "late"]`,
		`17 load create_subprocess_exec["a" "bokeh" "serve" "app" "late"]`,
		`21 m self.start[<self.port>]`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSets(t *testing.T) {
	source := `c = get_config()
c.A.b = {"n": {"command": ["x"]}}
c.A.b["m"]["k"] = 1
c.A.b |= {"o": 2}
servers = {}
c.D = servers
servers["late"] = 3
`
	m := python.Read(source, "x.py", nil)
	var got []string
	for _, s := range m.Sets {
		got = append(got, fmt.Sprintf("%d %s%s %s=%s", s.Line, s.Target, show(&python.List{Items: s.Keys}), s.Op, show(s.Value)))
	}
	want := []string{
		`2 get_config().A.b[] ={"n":{"command":["x"]}}`,
		`3 get_config().A.b["m" "k"] =1`,
		`4 get_config().A.b[] |={"o":2}`,
		`6 get_config().D[] ={"late":3}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestItemLines(t *testing.T) {
	m := python.Read("x = {\n 'a': 1,\n\n 'b':\n  2}", "x.py", nil)
	v, _ := m.Lookup("x")
	if _, line, _ := v.(*python.Dict).Get("b"); line != 4 {
		t.Errorf("b is on line %d, want 4", line)
	}
}

// TestBounded follows sources made to take long or to grow.
func TestBounded(t *testing.T) {
	deep := func(s string) string { return "x = " + strings.Repeat(s, 50000) }
	doubling := "a = ['x']\n" + strings.Repeat("a = a + a\n", 1000) + "x = a"
	tests := map[string]string{
		"brackets": deep("("), "lists": deep("["), "dicts": deep("{1:"), "calls": deep("f("), "attributes": deep("a."),
		"sums": deep("a+"), "powers": deep("a**"), "minus": deep("-"), "stars": deep("*"), "nots": deep("not "),
		"lambdas": deep("lambda:"), "indexes": deep("a["), "f-strings": deep(`f"{`), "chains": deep("a()"),
		"strings":      deep(`"a"`),
		"blocks":       nested(2000),
		"doubling":     doubling,
		"dag":          "a = []\n" + strings.Repeat("a = [a, a]\nf(a)\n", 1000),
		"cycle":        "a = []\na.append(a)\nf(a)\nif b:\n a = []\n",
		"text":         "a = 'xxxxxxxxxxxxxxxxxxxxxx'\n" + strings.Repeat("a = a + a\n", 1000),
		"format":       "a = 'xxxxxxxxxxxxxxxxxxxxxx'\n" + strings.Repeat("a = f'{a}{a}'\n", 1000),
		"join":         "a = 'xxxxxxxxxxxxxxxxxxxxxx'\n" + strings.Repeat("a = a.join([a, a, a])\n", 1000),
		"replace":      "a = 'xx'\n" + strings.Repeat("a = a.replace('x', a)\n", 1000),
		"calls of all": "def f(a):\n" + strings.Repeat("  f(a)\n", 100),
		"loops":        strings.Repeat("for a in [1,2,3,4,5,6,7,8,9]: ", 1) + "f(a)\n" + loops(40),
		"elifs":        "if a: x = 0\n" + strings.Repeat("elif a: x = [1, 2, 3]\n", 10000),
	}
	for name, source := range tests {
		t.Run(name, func(t *testing.T) { python.Read(source, "x.py", nil) })
	}
}

// nested makes blocks in each other.
func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if a:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "x = 1\n"
}

// loops makes loops in each other.
func loops(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "for a in [1,2,3,4]:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "f(a)\n"
}

func FuzzRun(f *testing.F) {
	f.Add("c.ServerProxy.servers = {'a': {'command': ['bokeh', f'{x}', *y]}}\n")
	f.Add("def f(a=1, *, b):\n  if a: return [x for x in y]\n  else: a[b], c = d()\n")
	f.Add("@a\nclass A(b):\n x: int = '%s %d' % (1, 2)\n def m(self): return self.x.format(a)\n")
	f.Add("from a import (b as c,\n d)\nfor a, b in c.items(): a.b += '{}'.format(d); del a\nelse: pass")
	f.Add("try:\n a = lambda x: x[1:2]\nexcept (A, B) as c:\n raise\nfinally: await b")
	f.Fuzz(func(t *testing.T, source string) {
		m := python.Read(source, "x.py", nil)
		lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source), "\n")
		for _, c := range m.Calls {
			if c.Line < 1 || c.Line > lines {
				t.Errorf("call of %s on line %d of %d", c.Name, c.Line, lines)
			}
		}
	})
}

// TestBudget follows sources that share a budget: what one of them takes the others do
// not have, and what is not followed is said to be so.
func TestBudget(t *testing.T) {
	source := "import a\nwhile a.x:\n pass\n" + strings.Repeat("a.f(1)\n", 1000)
	b := &python.Budget{Steps: 10_000}
	if m := python.Read(source, "x.py", b); m.Cut || len(m.Calls) != 1000 {
		t.Errorf("%d calls, cut %v", len(m.Calls), m.Cut)
	}
	var cut int
	for range 10 {
		if m := python.Read(source, "x.py", b); m.Cut {
			cut++
		}
	}
	if cut < 8 || b.Steps > 0 {
		t.Errorf("%d of 10 are cut, %d steps are left", cut, b.Steps)
	}
}

// TestLimits has sources with half as much of something as is followed, and twice as
// much: then x is not all known or not all calls are, which is never taken for all that
// there is.
func TestLimits(t *testing.T) {
	around := func(n int, before, inner, after string) string {
		return strings.Repeat(before, n) + inner + strings.Repeat(after, n)
	}
	list := func(n int) string { return "[" + strings.Repeat("0, ", n) + "]" }
	for name, test := range map[string]struct {
		most int
		cut  bool // it is said that not all is followed
		make func(n int) string
	}{
		"expressions in one another": {100, true, func(n int) string { return "x = " + around(n, "[", "f()", "]") }},
		"blocks in one another":      {100, true, func(n int) string { return strings.NewReplacer("if", "with", "x = 1", "f()").Replace(nested(n)) }},
		"texts in one another":       {50, false, func(n int) string { return "y = f'" + around(n, "{a:", "", "}") + "'\nx = f'{'b'}'\nf()" }},
		"sums of sums":               {500, true, func(n int) string { return "x = f()" + strings.Repeat(" + ''", n) }},
		"bytes":                      {4_000_000, true, func(n int) string { return "f()\n" + strings.Repeat("#", n) }},
		"steps":                      {100_000, true, func(n int) string { return strings.Repeat("1\n", n/2-5) + "f()" }},
		"values in arguments":        {200_000, true, func(n int) string { return "x = " + list(1000) + "\n" + strings.Repeat("f(x)\n", n/1000) }},
		"functions in one another": {10, false, func(n int) (out string) {
			for i := range n - 1 {
				out += fmt.Sprintf("def f%d(a): f%d(a)\n", i, i+1)
			}
			return out + fmt.Sprintf("def f%d(a): f(a)\nf0(1)\n", n-1)
		}},
		"rounds":             {20, false, func(n int) string { return "for x in " + list(n) + ": f(x)" }},
		"calls":              {20_000, true, func(n int) string { return strings.Repeat("f()\n", n) }},
		"settings":           {20_000, true, func(n int) string { return "f()\n" + strings.Repeat("c.a=1\n", n) }},
		"bytes of a text":    {8 << 10, false, func(n int) string { return "f()\na = '" + strings.Repeat("a", n/2) + "'\nx = a + a" }},
		"items":              {1000, false, func(n int) string { return "f()\nx = " + list(n) }},
		"items one by one":   {1000, false, func(n int) string { return "f()\nx = []\n" + strings.Repeat("x.append(0)\n", n) }},
		"items at places":    {1000, false, func(n int) string { return "f()\nx = []\n" + strings.Repeat("x.insert(0, 0)\n", n) }},
		"words":              {1000, false, func(n int) string { return "f()\nimport shlex\nx = shlex.split('" + strings.Repeat("a ", n) + "')" }},
		"items of a dict":    {1000, false, func(n int) string { return "f()\nx = {}\n" + keys(n, "x[%d] = 0\n") }},
		"items of a literal": {1000, false, func(n int) string { return "f()\nx = {" + keys(n, "%d: 0, ") + "}" }},
	} {
		for _, n := range []int{test.most / 2, 2 * test.most} {
			m := python.Read(test.make(n), "x.py", nil)
			whole := len(m.Calls) > 0 && len(m.Sets) < 20_000
			for _, c := range m.Calls {
				whole = whole && !c.Maybe && !strings.Contains(show(&python.List{Items: c.Args}), "<")
			}
			x, _ := m.Lookup("x")
			value := strings.NewReplacer("<f()>", "", "<nil>", "").Replace(show(x))
			whole = whole && (name == "sums of sums" || !strings.ContainsAny(value, "<?")) && (name != "calls" || len(m.Calls) == n)
			if whole != (n < test.most) || len(m.Calls) > 20_000 || len(m.Sets) > 20_000 || m.Cut != (test.cut && n > test.most) {
				t.Errorf("%d %s: cut %v, %d calls, %.60s", n, name, m.Cut, len(m.Calls), show(x))
			}
		}
	}
	for n, known := range map[int]bool{100: true, 400: false} { // the bytes of a name
		name := strings.Repeat("a", n)
		if x, _ := python.Read("x = "+name, "x.py", nil).Lookup("x"); (x == python.Ref(name)) != known {
			t.Errorf("a name of %d bytes is %v", n, x)
		}
	}
}

// keys are texts of numbers from 0 on.
func keys(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
