package inspect

import (
	"path"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/python"
)

// Serve is a command that serves Bokeh apps: "bokeh serve" or "panel serve".
type Serve struct {
	// Program is "bokeh" or "panel".
	Program string
	// Files are the apps' folders or files, as the command names them.
	Files []string
	// Options are the values of each option, by its whole name: "--port".
	// A flag has the value "".
	Options map[string][]string
}

// Option returns the last value of an option, as the command takes it.
func (s *Serve) Option(name string) (value string, given bool) {
	values := s.Options[name]
	if len(values) == 0 {
		return "", false
	}
	return values[len(values)-1], true
}

// DefaultPort is Bokeh's and Panel's port.
const DefaultPort = "5006"

// Port returns the port that the command listens on.
func (s *Serve) Port() string {
	if port, ok := s.Option("--port"); ok {
		return port
	}
	return DefaultPort
}

// The options of "bokeh serve" 3.9 and "panel serve" 1.9 that take a value,
// and those that take all that follows up to the next option.
var (
	valued = setOf("--port --address --unix-socket --log-level --log-format --log-file --use-config " +
		"--allow-websocket-origin --prefix --ico-path --keep-alive --check-unused-sessions --unused-session-lifetime " +
		"--stats-log-frequency --mem-log-frequency --ssl-certfile --ssl-keyfile --session-ids --auth-module " +
		"--cookie-secret --index --num-procs --session-token-expiration --websocket-max-message-size " +
		"--websocket-compression-level --websocket-compression-mem-level --basic-auth --cookie-path --oauth-provider " +
		"--oauth-key --oauth-secret --oauth-redirect-uri --oauth-extra-params --oauth-jwt-user --oauth-encryption-key " +
		"--oauth-error-template --oauth-expiry-days --root-path --login-endpoint --logout-endpoint --auth-template " +
		"--logout-template --basic-login-template --rest-provider --rest-endpoint --session-history --admin-endpoint " +
		"--admin-log-level --profiler --num-threads --setup --liveness-endpoint --plugins")
	listed = setOf("--exclude-headers --exclude-cookies --include-headers --include-cookies --index-titles " +
		"--static-dirs --oauth-guest-endpoints")
)

// parseServe reads a command as one that serves apps.
func parseServe(args []string) (*Serve, bool) {
	args = Unwrap(args)
	if len(args) < 2 || args[1] != "serve" {
		return nil, false
	}
	s := &Serve{Program: path.Base(args[0]), Options: map[string][]string{}}
	if s.Program != "bokeh" && s.Program != "panel" {
		return nil, false
	}
	s.read(args[2:])
	return s, true
}

// read sorts arguments into files and options.
func (s *Serve) read(args []string) {
	for i := 0; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") || args[i] == "-" {
			s.Files = append(s.Files, args[i])
			continue
		}
		name, value, inline := strings.Cut(args[i], "=")
		switch name = s.whole(name); {
		case name == "--":
			s.Files = append(s.Files, args[i+1:]...)
			return
		case name == "--args":
			s.Options[name] = args[i+1:]
			return
		case inline:
			s.Options[name] = append(s.Options[name], value)
		case valued[name] && i+1 < len(args):
			i++
			s.Options[name] = append(s.Options[name], args[i])
		case listed[name] || name == "--dev" && s.Program == "bokeh":
			s.Options[name] = append(s.Options[name], "")
			for i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
				i++
				s.Options[name] = append(s.Options[name], args[i])
			}
		default:
			s.Options[name] = append(s.Options[name], "")
		}
	}
}

// whole completes an option that is cut short, as argparse does where only one
// option begins like that.
func (s *Serve) whole(name string) string {
	if !strings.HasPrefix(name, "--") || len(name) < 4 || valued[name] || listed[name] || name == "--args" || name == "--dev" {
		return name
	}
	found := ""
	for _, options := range []map[string]bool{valued, listed} {
		for option := range options {
			if strings.HasPrefix(option, name) {
				if found != "" {
					return name
				}
				found = option
			}
		}
	}
	if found == "" {
		return name
	}
	return found
}

var (
	assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	pythonName = regexp.MustCompile(`^(python[0-9.]*|\{.*\})$`)
)

// Unwrap drops what stands before the command that is really run, such as
// "nohup", "env A=b" or "conda run -n x", and turns "python -m bokeh" into
// "bokeh".
func Unwrap(args []string) []string {
	for len(args) > 0 {
		switch name := path.Base(args[0]); {
		case assignment.MatchString(args[0]):
			args = args[1:]
		case name == "nohup", name == "setsid", name == "exec", name == "command", name == "time", name == "sudo":
			args = dropOptions(args[1:], "")
		case name == "env":
			args = dropOptions(args[1:], "-u --unset -C --chdir")
		case name == "nice":
			args = dropOptions(args[1:], "-n")
		case name == "timeout":
			args = dropOptions(args[1:], "-s -k")
			args = args[min(1, len(args)):]
		case (name == "conda" || name == "mamba" || name == "micromamba") && len(args) > 1 && args[1] == "run":
			args = dropOptions(args[2:], "-n --name -p --prefix --cwd")
		case pythonName.MatchString(name):
			return module(args)
		default:
			return args
		}
	}
	return args
}

// dropOptions drops the options at the beginning; those listed take a value.
func dropOptions(args []string, withValue string) []string {
	takes := setOf(withValue)
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		n := 1
		if takes[args[0]] {
			n = 2
		}
		args = args[min(n, len(args)):]
	}
	return args
}

// module turns "python -m NAME ARGS" into "NAME ARGS". Other Python commands
// stay as they are.
func module(args []string) []string {
	for i := 1; i < len(args); i++ {
		switch {
		case args[i] == "-m" && i+1 < len(args):
			return args[i+1:]
		case args[i] == "-W" || args[i] == "-X":
			i++
		case !strings.HasPrefix(args[i], "-") || args[i] == "-c":
			return args
		}
	}
	return args
}

// script returns the shell source that a command runs: of "bash -c SOURCE".
func script(args []string) (source string, ok bool) {
	args = Unwrap(args)
	if len(args) < 3 {
		return "", false
	}
	switch path.Base(args[0]) {
	case "sh", "bash", "dash", "zsh":
	default:
		return "", false
	}
	for i := 1; i+1 < len(args) && strings.HasPrefix(args[i], "-"); i++ {
		if !strings.HasPrefix(args[i], "--") && strings.HasSuffix(args[i], "c") {
			return args[i+1], true
		}
	}
	return "", false
}

// known says whether the whole of an argument is known.
func known(arg string) bool { return !strings.Contains(arg, "{") }

// RepoPath returns where an argument leads that a command with the given
// working directory is given: a path from the repository's root, "" for the
// root itself. Outside of the repository it begins with "..", and it is "{?}"
// where it is not known.
func RepoPath(dir, arg string) string {
	if !known(arg) || !known(dir) {
		return "{?}"
	}
	if rest, ok := strings.CutPrefix(arg, "~"); ok && (rest == "" || rest[0] == '/') {
		arg = python.Home + rest
	}
	full := path.Join(python.Home, dir, arg)
	if strings.HasPrefix(arg, "/") {
		full = path.Clean(arg)
	}
	switch rest, ok := strings.CutPrefix(full, python.Home); {
	case ok && rest == "":
		return ""
	case ok && rest[0] == '/':
		return rest[1:]
	}
	return "../" + path.Base(full)
}
