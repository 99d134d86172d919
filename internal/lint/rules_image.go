package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
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

var dockerCommand = &Rule{
	ID:       "docker-command",
	Level:    card.LevelWarning,
	Title:    "A command of the image that the hub does not run",
	When:     "CMD of the Dockerfile is the command of an app, and not that of Voilà, which Jupyter's server serves by itself.",
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
			f := c.report(p.Start.Path, p.Start.Line, format, quote(p.Text))
			if p.Unsure {
				f.Level = card.LevelNote
				f.Message += ", unless it takes that server's place"
			}
			if kind == repository.ProblemEntry && !p.Unsure && c.facts.MeansHub(p.Start) == truth.Unknown {
				f.Level = card.LevelWarning
			}
		}
	}
}

func checkDockerWithoutJupyter(c *checker) {
	if c.facts.ImageServes() == truth.No {
		c.report(c.facts.Plan.Path("Dockerfile"), 0, "the image is made from %s, and nothing installs Jupyter into it", quote(c.facts.Image.Base))
	}
}

// chooses matches what a script has that leaves a command out, and does not fail.
var chooses = regexp.MustCompile(`\|\||\[|\b(?:if|case|for|while|until|test)\b`)

// isKnownBase says whether it is known what an image has, and that building on it
// does nothing by itself.
func isKnownBase(image string) bool {
	base, _ := shell.BaseImageOf(image)
	return base.Plain
}

// plainServer says whether a Dockerfile makes the image and it is known that nothing in
// it configures Jupyter's server: the base is known, and neither what is copied nor what
// is run may write a configuration.
func (c *checker) plainServer() bool {
	image := c.facts.Image
	if image == nil || !isKnownBase(image.Base) || image.Mounts || image.Unread || image.Entry != nil || c.takesElsewhere(image) {
		return false
	}
	for name := range image.Env {
		if strings.HasPrefix(name, "JUPYTER") {
			return false
		}
	}
	if slices.ContainsFunc(c.facts.Snapshot.Files(), func(f repo.File) bool {
		return f.Mode == repo.ModeSubmodule || repository.Configures(f.Path)
	}) {
		return false
	}
	return !slices.ContainsFunc(image.Runs, func(s *shell.Script) bool {
		return s.Err != nil || s.Cut || slices.ContainsFunc(s.Commands, func(cmd shell.Command) bool { return mayConfigure(&cmd) })
	})
}

// mayConfigure says whether a command of a Dockerfile may write a configuration of
// Jupyter's.
func mayConfigure(cmd *shell.Command) bool {
	_, writes := cmd.Output()
	names := func(w shell.Word) bool { return repository.Configures(w.String()) }
	return cmd.Followed || writes || slices.ContainsFunc(cmd.Args, names) ||
		!repository.InstallsNothing(cmd.Program()) && cmd.Program() != "fix-permissions" && repository.MakesFiles(cmd)
}

// imageLists reports lists that the Dockerfile gives to pip and that are surely not
// in the image: the base is known, and neither a COPY nor a command puts them there.
func (c *checker) imageLists() {
	image := c.facts.Image
	if image == nil || image.Mounts || c.takesElsewhere(image) {
		return
	}
	if !isKnownBase(image.Base) {
		return
	}
	for _, run := range image.Runs {
		for i := range run.Commands {
			cmd := &run.Commands[i]
			if repository.MakesFiles(cmd) || run.Err != nil || run.Cut {
				return // it may make the list
			}
			for _, list := range listsOfPip(shell.Strings(cmd.Run())) {
				if c.surelyRuns(run, cmd) && run.Failure(cmd) == shell.Ends && !c.copied(image, list) {
					f := c.reportAt(cmd.Place, "%s cannot be followed: nothing puts %s into the image; the build fails", quote("-r "+list), path.Base(list))
					f.Fix = "COPY the list into the image first"
				}
			}
		}
	}
}

// takesElsewhere says whether a Dockerfile may take files from anywhere else than
// the repository.
func (c *checker) takesElsewhere(image *shell.Dockerfile) bool {
	return slices.ContainsFunc(image.Others, func(w shell.Word) bool {
		text, known := w.Text()
		return !known || strings.HasPrefix(text, "--from") || strings.HasPrefix(text, "<<") || strings.Contains(text, "://") || strings.Contains(text, ".tar") || strings.HasSuffix(text, "gz")
	})
}

// listsOfPip lists the lists that a run of pip is given.
func listsOfPip(args []string) []string {
	if len(args) < 2 || !strings.HasPrefix(path.Base(args[0]), "pip") || args[1] != "install" {
		return nil
	}
	var out []string
	for i, arg := range args[:len(args)-1] {
		if list := args[i+1]; (arg == "-r" || arg == "--requirement") && !strings.Contains(list, "{") && !strings.Contains(list, "://") {
			out = append(out, list)
		}
	}
	return out
}

// copied says whether a Dockerfile may put a file of a name into the image.
func (c *checker) copied(image *shell.Dockerfile, list string) bool {
	for _, copied := range image.Copies {
		for _, source := range copied.Sources {
			s := path.Clean(strings.TrimLeft(source, "/"))
			if path.Base(copied.To) == path.Base(list) || strings.ContainsAny(s, `*?[\`) || c.facts.Snapshot.InSubmodule(s) {
				return true
			}
			for _, f := range c.facts.Snapshot.Files() {
				below := s == "." || f.Path == s || strings.HasPrefix(f.Path, s+"/")
				if below && (path.Base(f.Path) == path.Base(list) || c.facts.Snapshot.InSubmodule(f.Path)) {
					return true
				}
			}
		}
	}
	return len(image.Copies) == 0 && len(image.Others) > 0
}
