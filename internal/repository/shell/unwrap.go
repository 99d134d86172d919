package shell

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	pythonName = regexp.MustCompile(`^python[0-9.]*$`)
)

// wrappers are programs that run the program which their arguments name. Values
// are the options that take a value, and skip the arguments before the program.
var wrappers = map[string]struct {
	values string
	skip   int
}{
	"nohup": {}, "setsid": {}, "command": {}, "builtin": {}, "time": {"-o -f", 0}, "exec": {"-a", 0},
	"sudo": {"-u -g -U -C -h -p --user --group", 0}, "env": {"-u --unset -C --chdir", 0},
	"nice": {"-n --adjustment", 0}, "ionice": {"-c -n", 0}, "stdbuf": {"-i -o -e", 0},
	"timeout": {"-s -k --signal --kill-after", 1}, "tini": {"-p -e", 0}, "xvfb-run": {"-n -e -f -s", 0},
}

// Unwrap drops what stands before the program that is really run, such as
// "nohup", "env A=b" or "conda run -n x", and turns "python -m bokeh" into
// "bokeh".
func Unwrap(args []Word) []Word {
	for len(args) > 0 {
		name, _ := args[0].Base()
		w, wraps := wrappers[name]
		switch {
		case assignment.MatchString(args[0].prefix()):
			args = args[1:]
		case wraps:
			args = dropOptions(args[1:], w.values)
			if w.skip > 0 {
				args = args[min(w.skip, len(args)):]
			}
		case (name == "conda" || name == "mamba" || name == "micromamba") && len(args) > 1 && args[1].Is("run"):
			args = dropOptions(args[2:], "-n --name -p --prefix --cwd")
		case pythonName.MatchString(name), name == "" && args[0].blank():
			return module(args)
		default:
			return args
		}
	}
	return args
}

// UnwrapTexts is [Unwrap] for arguments of which nothing is unknown but what
// stands in braces.
func UnwrapTexts(args []string) []string {
	words := make([]Word, len(args))
	for i, a := range args {
		words[i] = parseWord(a)
	}
	return Strings(Unwrap(words))
}

var braced = regexp.MustCompile(`\{[^{}]*\}`)

// parseWord is the inverse of [Word.String].
func parseWord(text string) Word {
	out := Known("")
	last := 0
	for _, m := range braced.FindAllStringIndex(text, -1) {
		out = out.add(Known(text[last:m[0]])).add(Unknown(text[m[0]+1 : m[1]-1]))
		last = m[1]
	}
	if out = out.add(Known(text[last:])); len(out.parts) > 1 && out.parts[0].text == "" && !out.parts[0].unknown {
		out.parts = out.parts[1:]
	}
	return out
}

// dropOptions drops the options at the beginning; those listed take a value.
func dropOptions(args []Word, withValue string) []Word {
	takes := strings.Fields(withValue)
	for len(args) > 0 && strings.HasPrefix(args[0].prefix(), "-") {
		n := 1
		if text, _ := args[0].Text(); slices.Contains(takes, text) {
			n = 2
		}
		done := args[0].Is("--")
		args = args[min(n, len(args)):]
		if done {
			break
		}
	}
	return args
}

// module turns "python -m NAME ARGS" into "NAME ARGS". Other Python commands
// stay as they are.
func module(args []Word) []Word {
	for i := 1; i < len(args); i++ {
		text := args[i].prefix()
		switch {
		case text == "-m" && i+1 < len(args):
			return args[i+1:]
		case text == "-W" || text == "-X":
			i++
		case !strings.HasPrefix(text, "-") || text == "-c":
			return args
		}
	}
	return args
}

// Source returns the text that a command gives a shell to run: of "bash -c TEXT".
func Source(args []string) (text string, ok bool) {
	args = UnwrapTexts(args)
	if len(args) < 3 || !IsShell(path.Base(args[0])) {
		return "", false
	}
	for i := 1; i+1 < len(args) && strings.HasPrefix(args[i], "-"); i++ {
		if !strings.HasPrefix(args[i], "--") && strings.HasSuffix(args[i], "c") {
			return args[i+1], true
		}
	}
	return "", false
}

// IsPython says whether a program's name is Python's, or not known, as that of
// sys.executable.
func IsPython(name string) bool {
	name = path.Base(name)
	return pythonName.MatchString(name) || strings.HasPrefix(name, "{") && strings.HasSuffix(name, "}")
}
