package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

var dockerEntrypoint = &Rule{
	ID:       "docker-entrypoint",
	Level:    card.LevelError,
	Title:    "An entry point that runs something else instead of Jupyter",
	When:     "ENTRYPOINT of the Dockerfile is the command of an app or of another program that does not run its arguments, such as python, Rscript or Jupyter itself, a script that runs an app and does not go on while it runs, or a script of the repository that never runs \"$@\". It is a warning where a shell drops the hub's command and it is not known what runs in its place, and a note where that may take the place of Jupyter's server, as who reads the hub's variables does.",
	Why:      "The hub's own command, which starts Jupyter's server, becomes the arguments of the program. The launch waits for that server until its time is up.",
	Evidence: "Docker's reference of ENTRYPOINT and CMD, and BinderHub's documentation of Dockerfiles. Measured with jupyterlab 4.6 and notebook 7.6: \"No such file or directory\", exit 1, with a command as their argument. No container runs where the tests do.",
	Fix:      "leave ENTRYPOINT out, or have it end with exec \"$@\", and start the app with an entry of ServerProxy.servers",
	Check:    checkDockerEntrypoint,
}

// checkDockerEntrypoint asks one question after the other, up to the first that has an
// answer.
func checkDockerEntrypoint(c *checker) {
	c.imageRuns(repository.ProblemEntry, "the image runs %s whatever it is told, so that Jupyter's server is not started")
	for _, ask := range []func(){c.swallows, c.brokenEntry, c.keepsCommand, c.dropsCommand} {
		if c.facts.Image == nil || c.facts.Image.Entry == nil || len(c.findings) > 0 {
			return
		}
		ask()
	}
}

// swallows reports an entry point that never runs what it is told.
func (c *checker) swallows() {
	s := c.facts.Image.EntryScript
	if !readable(s) || s.Cut || slices.ContainsFunc(append(slices.Clone(s.Commands), s.Dead...), handsOver) {
		return
	}
	f := c.report(s.Path, strings.Count(strings.TrimRight(s.Text, "\n"), "\n")+1, `the image's entry point never runs "$@", which is the hub's command: Jupyter's server is not started`)
	if !c.endsWithoutHub(s) {
		f.Level = card.LevelNote
		f.Message += ", unless the script takes that server's place"
	}
}

// endsWithoutHub says whether all that a script runs is known to start no server
// that a hub may take for Jupyter's.
func (c *checker) endsWithoutHub(s *shell.Script) bool {
	for i := range s.Commands {
		cmd := &s.Commands[i]
		args := shell.UnwrapTexts(shell.Strings(cmd.Args))
		if cmd.Followed || repository.InstallsNothing(cmd.Program()) || len(args) == 0 {
			continue
		}
		start := &repository.Start{Path: cmd.File, Args: args}
		python := len(args) > 1 && shell.IsPython(args[0]) && c.facts.Snapshot.IsFile(path.Base(args[1]))
		if framework.Parse(args) == nil && !python || c.facts.MeansHub(start) != truth.No {
			return false
		}
	}
	return true
}

// brokenEntry reports a list that is none: Docker gives what is no JSON to a shell.
func (c *checker) brokenEntry() {
	if text := c.facts.Image.EntryText; strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		f := c.report(c.facts.Image.EntryAt.File, c.facts.Image.EntryAt.Line, "%s is no JSON, so a shell looks for a program %s, which is not there", quote(text), quote(strings.Fields(text)[0]))
		f.Fix = "write the list with double quotes, or leave ENTRYPOINT out"
	}
}

// entryPrograms do not run their arguments. Those of frameworks are known by their rows,
// and Python's and Jupyter's are told apart below.
var entryPrograms = setOf("Rscript R node npm npx yarn pnpm java php nginx apache2 apache2ctl httpd supervisord sleep tail cat echo ls true false julia ruby perl make dotnet shiny-server rserver")

// keepsCommand reports a list whose program keeps the hub's command to itself.
func (c *checker) keepsCommand() {
	image := c.facts.Image
	if image.EntryText != "" || len(image.Entry.Commands) == 0 {
		return
	}
	cmd := &image.Entry.Commands[0]
	args := shell.Strings(cmd.Run())
	keeps := c.keepsArguments(args)
	if keeps == truth.No {
		return
	}
	what, level := "which does not run", card.LevelError
	if keeps == truth.Unknown {
		what, level = "and nothing says that it runs", card.LevelWarning
	}
	f := c.report(image.EntryAt.File, image.EntryAt.Line, "the image runs %s, %s the hub's command: Jupyter's server is not started", quote(strings.Join(args, " ")), what)
	f.Level = level
}

// keepsArguments says whether a program surely does not run further arguments.
func (c *checker) keepsArguments(args []string) truth.Value {
	if len(args) == 0 {
		return truth.No
	}
	program := path.Base(args[0])
	switch isShell := shell.IsShell(program); {
	case isShell && len(args) == 1, entryPrograms[program], framework.OfProgram(program) != nil, slices.Contains(jupyterServers, jupyterVerb(args)):
		return truth.Yes
	case isShell:
		return shellKeeps(args)
	case shell.IsPython(args[0]) && len(args) > 1:
		return c.facts.MeansHub(&repository.Start{Args: args}).Not()
	case shell.IsPython(args[0]):
		return truth.Yes
	}
	return truth.No
}

// shellKeeps says whether a shell with a text to run, as "bash -c TEXT", keeps further
// arguments; of one without a text that is for its script to say.
func shellKeeps(args []string) truth.Value {
	text, given := shell.Source(args)
	switch {
	case !given && strings.HasSuffix(args[len(args)-1], "c") && strings.HasPrefix(args[len(args)-1], "-"):
		return truth.Yes // the first word of the hub's command becomes the text
	case !given || goesOn(text):
		return truth.No
	}
	return truth.Unknown
}

// goesOn says whether a text for a shell names what the shell is told.
func goesOn(text string) bool {
	return slices.ContainsFunc([]string{"$@", "${@", "$*", "${*", "$0", "$1"}, func(name string) bool { return strings.Contains(text, name) })
}

// dropsCommand reports a text that a shell runs, which drops the hub's command.
func (c *checker) dropsCommand() {
	image := c.facts.Image
	if image.EntryText == "" || goesOn(image.EntryText) {
		return
	}
	f := c.report(image.EntryAt.File, image.EntryAt.Line, "a shell runs %s and drops the hub's command: Jupyter's server is not started as the hub asks for it", quote(image.EntryText))
	f.Level = card.LevelWarning
	f.Fix = "write ENTRYPOINT as a list whose program runs its arguments, or leave it out"
}
