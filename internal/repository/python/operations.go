package python

import (
	"path"
	"reflect"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// Home is the folder that a repository has on a BinderHub: its server's
// working directory, and the home of its user.
const Home = "/home/jovyan"

// operate returns the value of x op y, as far as it is known.
func (m *Module) operate(op string, x, y any) any {
	switch op {
	case "+":
		return add(x, y)
	case "/":
		if a, ok := x.(string); ok {
			if b, ok := y.(string); ok {
				return join(a, b) // only paths can be divided
			}
			return text(a + "/" + Text(y))
		}
	case "%":
		if a, ok := x.(string); ok {
			return percent(a, y)
		}
	case "|":
		if env, ok := x.(Ref); ok && strings.HasPrefix(string(env), "os.environ") {
			return y // as {**os.environ, …}: what it had is not known
		}
		if a, ok := x.(*Dict); ok {
			out := &Dict{append([]Item(nil), a.Items...)}
			update(out, y, position.Position{})
			return out
		}
	case "or", "and":
		if t, ok := truth(x); ok {
			if t == (op == "or") {
				return x
			}
			return y
		}
	case "==", "!=":
		if known(x) && known(y) {
			return reflect.DeepEqual(x, y) == (op == "==")
		}
	}
	return Ref("?")
}

// add returns x + y.
func add(x, y any) any {
	switch a := x.(type) {
	case int64:
		if b, ok := y.(int64); ok {
			return a + b
		}
		return Ref("?")
	case *List:
		out := &List{Items: append([]any(nil), a.Items...)}
		extend(out, y)
		return out
	case string, Ref:
		_, text1 := x.(string)
		_, text2 := y.(string)
		if text1 || text2 {
			return text(Text(x) + Text(y))
		}
	}
	return Ref("?")
}

// percent formats as Python's % does, for %s, %d and %i.
func percent(format string, v any) any {
	args := []any{v}
	if l, ok := v.(*List); ok {
		args = l.Items
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		switch {
		case format[i] == '%':
			b.WriteByte('%')
		case strings.IndexByte("sdi", format[i]) >= 0 && len(args) > 0:
			b.WriteString(Text(args[0]))
			args = args[1:]
		default:
			return Ref("?")
		}
		if b.Len() > maxText {
			return Ref("?")
		}
	}
	return b.String()
}

// attribute returns the value of x.name. A string that has a parent is a path.
func attribute(x any, name string) any {
	if r, ok := x.(Ref); ok {
		if full := string(r) + "." + name; full == "sys.executable" {
			return "python"
		}
		return ref(string(r) + "." + name)
	}
	p, ok := x.(string)
	if !ok {
		return Ref("?")
	}
	switch name {
	case "parent":
		return path.Dir(p)
	case "parents":
		l := &List{}
		for range 5 {
			p = path.Dir(p)
			l.Items = append(l.Items, p)
		}
		return l
	case "name":
		return path.Base(p)
	case "stem":
		return strings.TrimSuffix(path.Base(p), path.Ext(p))
	}
	return Ref("?")
}

// index returns the value of x[key].
func index(x, key any) any {
	switch x := x.(type) {
	case *Dict:
		if k, ok := key.(string); ok {
			if v, _, ok := x.Get(k); ok {
				return v
			}
		}
	case *List:
		if i, ok := key.(int64); ok {
			if i < 0 {
				i += int64(len(x.Items))
			}
			if 0 <= i && i < int64(len(x.Items)) {
				return x.Items[i]
			}
		}
	case Ref:
		return ref(string(x) + "[" + Text(key) + "]")
	}
	return Ref("?")
}

// callBuiltin returns what a function of Python's own library returns.
func callBuiltin(name string, args []any, named map[string]any) (any, bool) {
	texts, plain := stringsOf(args)
	switch name {
	case "os.getcwd", "os.getcwdu", "pathlib.Path.cwd", "pathlib.Path.home":
		return Home, true
	case "dict":
		return dictOf(args, named), true
	case "os.environ.get", "os.getenv":
		return withDefault(args, named), true
	case "list", "tuple", "set", "sorted":
		if len(args) == 0 {
			return &List{}, true
		}
		if l, ok := args[0].(*List); ok && (name != "sorted" || len(l.Items) < 2) {
			return &List{Items: append([]any(nil), l.Items...)}, true
		}
	}
	if len(args) == 0 {
		return nil, false
	}
	switch name {
	case "str", "os.fspath", "os.fsdecode":
		return strOf(args[0]), true
	case "int":
		if n, err := strconv.ParseInt(strings.TrimSpace(texts[0]), 10, 64); err == nil {
			return n, true
		}
		return args[0], true
	}
	if !plain {
		return nil, false
	}
	return callPath(name, texts)
}

// callPath returns what a function on paths and command lines returns.
func callPath(name string, args []string) (any, bool) {
	switch name {
	case "os.path.join", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath":
		return text(joinAll(args)), true
	case "os.path.dirname":
		return path.Dir(args[0]), true
	case "os.path.basename":
		return path.Base(args[0]), true
	case "os.path.abspath", "os.path.realpath":
		return join(Home, args[0]), true
	case "os.path.normpath":
		return path.Clean(args[0]), true
	case "os.path.expanduser", "os.path.expandvars":
		if rest, ok := strings.CutPrefix(args[0], "~"); ok {
			return join(Home, strings.TrimPrefix(rest, "/")), true
		}
		return args[0], true
	case "glob.glob", "glob.iglob":
		return &List{Items: []any{ref(globMark + args[0])}}, true
	case "shlex.split":
		return words(args[0]), true
	}
	return nil, false
}

// globMark begins what stands for the files that a pattern finds.
const globMark = "glob:"

// Glob returns the pattern whose files a text stands for that [Text] made.
func Glob(text string) (pattern string, ok bool) {
	rest, ok := strings.CutPrefix(text, "{"+globMark)
	pattern, closed := strings.CutSuffix(rest, "}")
	return pattern, ok && closed
}

// words splits a command line as shlex.split does, for the usual quoting.
func words(s string) any {
	l := &List{}
	var b strings.Builder
	quote, started := byte(0), false
	flush := func() {
		if started {
			extend(l, &List{Items: []any{b.String()}})
		}
		b.Reset()
		started = false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\n", c) >= 0:
			flush()
			continue
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
		started = true
	}
	flush()
	return l
}

// stringsOf returns the texts of values, and whether all of them are strings.
func stringsOf(args []any) (out []string, plain bool) {
	plain = true
	for _, a := range args {
		if _, ok := a.(string); !ok {
			plain = false
		}
		out = append(out, Text(a))
	}
	return out, plain
}

// strOf returns str(v); what is not known stays a Ref.
func strOf(v any) any {
	if known(v) {
		return Text(v)
	}
	return v
}

// variable returns the value of a variable of the environment, if that is known.
func (m *Module) variable(name any) (any, bool) {
	key, _ := name.(string)
	v, ok := m.env[key]
	if strings.Contains(v, "{") {
		return Ref("os.environ[" + key + "]"), ok
	}
	return v, ok
}

// withDefault returns the second argument of os.environ.get: on Binder the
// server has no variables of the author's, except those of a start script.
func withDefault(args []any, named map[string]any) any {
	if len(args) > 1 {
		return args[1]
	}
	return named["default"]
}

// dictOf returns dict(…).
func dictOf(args []any, named map[string]any) any {
	d := &Dict{}
	for _, a := range args {
		update(d, a, position.Position{})
	}
	for _, name := range sortedKeys(named) {
		d.Set(name, named[name], position.Position{})
	}
	return d
}

// join returns b as seen from a.
func join(a, b string) string {
	if strings.HasPrefix(b, "/") {
		return path.Clean(b)
	}
	return path.Join(a, b)
}

func joinAll(parts []string) string {
	out := ""
	for _, p := range parts {
		out = join(out, p)
	}
	return out
}
