package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

var twoEnvironments = &Rule{
	ID:       "two-environments",
	Level:    card.LevelNote,
	Title:    "A Python that is too old for Jupyter's server",
	When:     "The repository asks for Python 3.6 or older.",
	Why:      "repo2docker makes two environments. Jupyter's server runs on a newer Python, and what environment.yml and requirements.txt ask for goes into the kernel's alone: jupyter-server-proxy and other extensions that are listed there do nothing. The server's gets what requirements3.txt asks for, where there is no environment.yml.",
	Evidence: withRepo2docker + ".",
	Fix:      "ask for Python 3.7 or newer",
	Check:    checkTwoEnvironments,
}

func checkTwoEnvironments(c *checker) {
	plan := c.facts.Plan
	if plan.Kernel == "" {
		return
	}
	line := 0
	if file, pins := c.pythonPins(); file == plan.PythonFrom {
		for _, p := range pins {
			if p.taken && !p.second {
				line = p.node.Line
			}
		}
	} else if path.Base(plan.PythonFrom) == "runtime.txt" {
		line = 1
	}
	c.report(plan.PythonFrom, line, "Python %s is for the kernel alone: Jupyter's server runs on Python %s, in another environment", plan.Kernel, plan.Python)
}

var dockerWithoutJupyter = &Rule{
	ID:       "docker-without-jupyter",
	Level:    card.LevelError,
	Title:    "A Dockerfile without Jupyter",
	When:     "The Dockerfile's image is from one of a few well-known images that have no Jupyter, and all that it runs and copies is known to bring none.",
	Why:      "The hub starts Jupyter's server in the image. Without it the launch fails.",
	Evidence: "repo2docker's documentation of Dockerfiles, and what the images python, debian, ubuntu, buildpack-deps, miniconda3, miniforge3 and micromamba are said to hold. It was not run: no container runs where the tests do.",
	Fix:      "install notebook and jupyterhub in the Dockerfile, or use environment.yml instead",
	Check:    checkDockerWithoutJupyter,
}

var dockerEntrypoint = &Rule{
	ID:       "docker-entrypoint",
	Level:    card.LevelError,
	Title:    "An entry point that runs the app instead of Jupyter",
	When:     "ENTRYPOINT of the Dockerfile is the command of an app, or a script that runs one and does not go on while it runs.",
	Why:      "The hub's own command, which starts Jupyter's server, becomes the arguments of the app. The launch waits for that server until its time is up.",
	Evidence: "Docker's reference of ENTRYPOINT and CMD, and BinderHub's documentation of Dockerfiles. It was not run: no container runs where the tests do.",
	Fix:      "leave ENTRYPOINT out, or have it end with exec \"$@\", and start the app with an entry of ServerProxy.servers",
	Check: func(c *checker) {
		c.imageRuns(repository.ProblemEntry, "the image runs %s whatever it is told, so that Jupyter's server is not started")
	},
}

var dockerCommand = &Rule{
	ID:       "docker-command",
	Level:    card.LevelWarning,
	Title:    "A command of the image that the hub does not run",
	When:     "CMD of the Dockerfile is the command of an app.",
	Why:      "The hub runs its own command instead, which starts Jupyter's server: nothing starts the app.",
	Evidence: "Docker's reference of ENTRYPOINT and CMD, and BinderHub's documentation of Dockerfiles. It was not run: no container runs where the tests do.",
	Fix:      "start the app with an entry of ServerProxy.servers; bokehbinder init writes one",
	Check: func(c *checker) {
		c.imageRuns(repository.ProblemCommand, "the hub runs a command of its own instead of %s")
	},
}

// imageRuns reports what the image would run.
func (c *checker) imageRuns(kind repository.ProblemKind, format string) {
	for _, p := range c.facts.Problems {
		if p.Kind == kind {
			c.report(p.Start.Path, p.Start.Line, format, quote(p.Text))
		}
	}
}

// plainImages are those that are known to have no Jupyter.
var plainImages = setOf("python debian ubuntu buildpack-deps continuumio/miniconda3 condaforge/miniforge3 mambaorg/micromamba")

func checkDockerWithoutJupyter(c *checker) {
	image := c.facts.Image
	if image == nil || !plainImages[imageName(image.Base)] || c.bringsServer(image) != truth.No {
		return
	}
	c.report(c.facts.Plan.Path("Dockerfile"), 0, "the image is made from %s, and nothing installs Jupyter into it", quote(image.Base))
}

// imageName is an image's name without its registry and version.
func imageName(base string) string {
	base = strings.TrimPrefix(strings.TrimPrefix(base, "docker.io/"), "library/")
	base, _, _ = strings.Cut(base, "@")
	name, _, _ := strings.Cut(base, ":")
	return name
}

// bringsServer says whether what a Dockerfile does brings Jupyter's server.
func (c *checker) bringsServer(image *shell.Dockerfile) truth.Value {
	for _, w := range image.Others {
		if text, known := w.Text(); !known || strings.HasPrefix(text, "--from") || strings.Contains(text, "://") {
			return truth.Unknown
		}
	}
	answer := truth.No
	for _, run := range image.Runs {
		if run.Err != nil || run.Cut {
			return truth.Unknown
		}
		for i := range run.Commands {
			answer = answer.Or(c.commandBringsServer(&run.Commands[i]))
		}
	}
	return answer
}

// bringsNothing are programs that install nothing of Python's, whatever their
// arguments are.
var bringsNothing = setOf("set cd export echo printf true false : test [ mkdir rmdir rm ln cp mv touch chmod chown adduser useradd groupadd usermod passwd cat sed grep find ls pwd sleep locale-gen update-locale dpkg-reconfigure ldconfig exit umask unset which type")

// commandBringsServer says whether one command of a Dockerfile does.
func (c *checker) commandBringsServer(cmd *shell.Command) truth.Value {
	var args []string
	for _, w := range cmd.Run() {
		text, known := w.Text()
		if !known {
			return truth.Unknown
		}
		args = append(args, text)
	}
	switch program := cmd.Program(); {
	case len(args) == 0 || bringsNothing[program] || cmd.Followed:
		return truth.No
	case program == "apt-get" || program == "apt":
		return truth.Of(slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "jupyter") || strings.Contains(a, "notebook") }))
	case program == "pip" || program == "pip3":
		return pipBringsServer(args[1:])
	case len(args) > 3 && (program == "python" || program == "python3") && args[1] == "-m" && args[2] == "pip":
		return pipBringsServer(args[3:])
	}
	return truth.Unknown
}

// pipBringsServer says whether a run of pip that asks for packages by name does.
func pipBringsServer(args []string) truth.Value {
	if len(args) == 0 || args[0] != "install" {
		return truth.Unknown
	}
	answer := truth.No
	for _, arg := range args[1:] {
		if slices.Contains([]string{"--no-cache-dir", "--upgrade", "-U", "-q", "--quiet", "--no-cache", "--user"}, arg) {
			continue
		}
		q, err := packaging.ParseRequirement(arg)
		if err != nil || len(q.Extras) > 0 || q.URL != "" {
			return truth.Unknown
		}
		answer = answer.Or(installed.Brings(q.Name, "jupyter-server"))
	}
	return answer
}
