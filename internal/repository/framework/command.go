package framework

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Command is the command that starts a framework's server.
type Command struct {
	// Program, and the verbs after it that serve, if there are any.
	Program string
	Verbs   []string
	// Others are its other verbs.
	Others []string
	// Valued are the options that take a value, and Listed those that take all
	// that follows up to the next option.
	Valued, Listed []string
	// Refused are the extensions of files with which it ends at once.
	Refused []string
	// Dotted says that each option with a dot in its name takes a value.
	Dotted bool
	// Work says that its Python looks for modules in the working folder, and not
	// in the app's.
	Work bool
	// Needs is the option without which it is no server.
	Needs string
	// Leaves are options with which it goes to the background by itself.
	Leaves []string
	// Open says that it may have verbs that are not known here, and Before lists
	// the options that stand before the verb and take a value.
	Open   bool
	Before []string
	// Ports are options that tell the port, too, and PortArgument says that an
	// argument does: 8000, or 0.0.0.0:8000.
	Ports        []string
	PortArgument bool
	// Config are the options that name a file which may tell the port.
	Config []string
}

// The options of "bokeh serve" 3.9 and "panel serve" 1.9.
var (
	bokehValued = strings.Fields("--port --address --unix-socket --log-level --log-format --log-file --use-config " +
		"--allow-websocket-origin --prefix --ico-path --keep-alive --check-unused-sessions --unused-session-lifetime " +
		"--stats-log-frequency --mem-log-frequency --ssl-certfile --ssl-keyfile --session-ids --auth-module " +
		"--cookie-secret --index --num-procs --session-token-expiration --websocket-max-message-size " +
		"--websocket-compression-level --websocket-compression-mem-level --basic-auth --cookie-path --oauth-provider " +
		"--oauth-key --oauth-secret --oauth-redirect-uri --oauth-extra-params --oauth-jwt-user --oauth-encryption-key " +
		"--oauth-error-template --oauth-expiry-days --root-path --login-endpoint --logout-endpoint --auth-template " +
		"--logout-template --basic-login-template --rest-provider --rest-endpoint --session-history --admin-endpoint " +
		"--admin-log-level --profiler --num-threads --setup --liveness-endpoint --plugins")
	bokehOthers = strings.Fields("build html info init json png sampledata secret settings static svg bundle compile convert help oauth-secret")
	bokehListed = strings.Fields("--exclude-headers --exclude-cookies --include-headers --include-cookies --index-titles " +
		"--static-dirs --oauth-guest-endpoints")
)

// Call is a command that starts a framework's server, with its arguments told
// apart.
type Call struct {
	Framework *Framework
	// Verb is the one that is given.
	Verb string
	// Files are the arguments that are no options: the apps' folders or files,
	// as the command names them.
	Files []string
	// Options are the values of each option, by its whole name: "--port".
	// A flag has the value "".
	Options map[string][]string
}

// Parse reads a command that starts a framework's server; nil if it is none.
func Parse(args []string) *Call {
	for _, f := range rows {
		if c := f.parse(args); c != nil {
			return c
		}
	}
	return nil
}

// parse reads a command as one of the framework's.
func (f *Framework) parse(args []string) *Call {
	at := f.Command.program(args)
	if at < 0 {
		return nil
	}
	c, rest := &Call{Framework: f, Options: map[string][]string{}}, args[at+1:]
	if len(f.Command.Verbs) > 0 {
		rest = f.Command.afterOptions(rest)
		if len(rest) == 0 || !slices.Contains(f.Command.Verbs, rest[0]) {
			return nil
		}
		c.Verb, rest = rest[0], rest[1:]
	}
	if c.read(rest); f.Command.Needs != "" && c.Options[f.Command.Needs] == nil {
		return nil
	}
	return c
}

// program is the argument that is the command's program, or -1. One that is a
// Python file may stand behind Python.
func (c *Command) program(args []string) int {
	for i := range args {
		if c.Program != "" && path.Base(args[i]) == c.Program {
			return i
		}
		if path.Ext(c.Program) != ".py" || i > 0 && !strings.HasPrefix(args[i], "-") {
			return -1
		}
	}
	return -1
}

// afterOptions drops the options before the verb.
func (c *Command) afterOptions(args []string) []string {
	for len(args) > 0 && c.Open && strings.HasPrefix(args[0], "-") {
		taken := 1
		if slices.Contains(c.Before, args[0]) {
			taken = 2
		}
		args = args[min(taken, len(args)):]
	}
	return args
}

// Wrong says whether a command is a framework's with a verb that it does not have.
func Wrong(args []string) bool {
	if len(args) < 2 {
		return false
	}
	f, verb := OfProgram(args[0]), args[1]
	return f != nil && len(f.Command.Verbs) > 0 && !f.Command.Open && !strings.HasPrefix(verb, "-") && !strings.Contains(verb, "{") &&
		!slices.Contains(f.Command.Verbs, verb) && !slices.Contains(f.Command.Others, verb)
}

// String is the command without its arguments.
func (c *Call) String() string {
	return strings.TrimSpace(c.Framework.Command.Program + " " + c.Verb)
}

// Option returns the last value of an option, as the command takes it.
func (c *Call) Option(name string) (value string, given bool) {
	values := c.Options[name]
	if name == "" || len(values) == 0 {
		return "", false
	}
	return values[len(values)-1], true
}

// Port returns the port that the server listens on. It is empty where a file says
// it.
func (c *Call) Port() string {
	if port, told := c.Told(); told {
		return port
	}
	if slices.ContainsFunc(c.Framework.Command.Config, func(name string) bool { return c.Options[name] != nil }) {
		return ""
	}
	return c.Framework.Port
}

// Leaves says whether the server goes to the background by itself.
func (c *Call) Leaves() bool {
	return slices.ContainsFunc(c.Framework.Command.Leaves, func(name string) bool { return c.Options[name] != nil })
}

// portArgument is an argument that tells the port, with the host before it.
var portArgument = regexp.MustCompile(`^(?:[^/]*:)?(\d+|\{[^{}]*\})$`)

// Told returns the port that the command is told.
func (c *Call) Told() (port string, told bool) {
	for _, name := range append([]string{c.Framework.PortOption}, c.Framework.Command.Ports...) {
		if value, ok := c.Option(name); ok {
			return strings.Trim(value[strings.LastIndexByte(value, ':')+1:], "/"), true
		}
	}
	for _, arg := range c.Files {
		if m := portArgument.FindStringSubmatch(arg); m != nil && c.Framework.Command.PortArgument {
			return m[1], true
		}
	}
	return "", false
}

// Given takes the port from a variable of the command's environment, where no
// argument tells it.
func (c *Call) Given(environment map[string]string) {
	_, told := c.Told()
	if port, ok := environment[c.Framework.PortVariable]; ok && !told {
		c.Options[c.Framework.PortOption] = []string{port}
	}
}

// read sorts arguments into files and options.
func (c *Call) read(args []string) {
	for i := 0; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") || args[i] == "-" {
			c.Files = append(c.Files, args[i])
			continue
		}
		name, value, inline := strings.Cut(args[i], "=")
		switch name = c.whole(name); {
		case name == "--":
			c.Files = append(c.Files, args[i+1:]...)
			return
		case name == "--args":
			c.Options[name] = args[i+1:]
			return
		case inline:
			c.Options[name] = append(c.Options[name], value)
		case c.takesValue(name) && i+1 < len(args):
			i++
			c.Options[name] = append(c.Options[name], args[i])
		case slices.Contains(c.Framework.Command.Listed, name):
			c.Options[name] = append(c.Options[name], "")
			for i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
				i++
				c.Options[name] = append(c.Options[name], args[i])
			}
		default:
			c.Options[name] = append(c.Options[name], "")
		}
	}
}

func (c *Call) takesValue(name string) bool {
	return slices.Contains(c.Framework.Command.Valued, name) || c.Framework.Command.Dotted && strings.Contains(name, ".")
}

// whole completes an option that is cut short, as argparse does where only one
// option begins like that.
func (c *Call) whole(name string) string {
	options := slices.Concat(c.Framework.Command.Valued, c.Framework.Command.Listed)
	if !strings.HasPrefix(name, "--") || len(name) < 4 || slices.Contains(options, name) || name == "--args" || name == "--dev" {
		return name
	}
	found := ""
	for _, option := range options {
		if strings.HasPrefix(option, name) {
			if found != "" {
				return name
			}
			found = option
		}
	}
	if found == "" {
		return name
	}
	return found
}
