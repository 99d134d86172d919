package repository

import (
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// ImageServes says whether Jupyter's server is in the image of a Dockerfile: its base has
// it, or what it runs and copies brings it.
func (f *Facts) ImageServes() truth.Value { return f.imageServes }

// serves says so of an image.
func serves(image *shell.Dockerfile) truth.Value {
	if image == nil {
		return truth.Unknown
	}
	switch base, known := shell.BaseImageOf(image.Base); {
	case !known:
		return truth.Unknown
	case base.Jupyter:
		return truth.Yes
	}
	return bringsServer(image)
}

// imageLacks says that surely, or as far as can be told, a package is not in the image:
// its base has none and nothing that is run may install it.
func (f *Facts) imageLacks(name string) bool {
	if f.Image == nil {
		return false
	}
	base, _ := shell.BaseImageOf(f.Image.Base)
	if !slices.Contains(base.Lacks, name) {
		return f.imageServes == truth.No
	}
	return copiesOwn(f.Image) && !slices.ContainsFunc(f.Image.Runs, func(s *shell.Script) bool {
		return s.Err != nil || s.Cut || slices.ContainsFunc(s.Commands, func(c shell.Command) bool {
			return !slices.Contains(programsOfR, c.Program()) && commandBringsServer(&c) == truth.Unknown
		})
	})
}

// copiesOwn says whether a Dockerfile copies what the repository has, and nothing else.
func copiesOwn(image *shell.Dockerfile) bool {
	return !slices.ContainsFunc(image.Others, func(w shell.Word) bool {
		text, known := w.Text()
		return !known || strings.HasPrefix(text, "--from") || strings.Contains(text, "://")
	})
}

// bringsServer says whether what a Dockerfile does brings Jupyter's server.
func bringsServer(image *shell.Dockerfile) truth.Value {
	if !copiesOwn(image) {
		return truth.Unknown
	}
	answer := truth.No
	for _, run := range image.Runs {
		if run.Err != nil || run.Cut {
			return truth.Unknown
		}
		for i := range run.Commands {
			answer = answer.Or(commandBringsServer(&run.Commands[i]))
		}
	}
	return answer
}

// bringsNothing are programs that install nothing of Python's, whatever their
// arguments are.
var bringsNothing = strings.Fields("set cd export echo printf true false : test [ mkdir rmdir rm ln cp mv touch chmod chown adduser useradd groupadd usermod passwd cat sed grep find ls pwd sleep locale-gen update-locale dpkg-reconfigure ldconfig exit umask unset which type")

// InstallsNothing says whether a program installs nothing of Python's, whatever its
// arguments are.
func InstallsNothing(program string) bool { return slices.Contains(bringsNothing, program) }

// programsOfR run R, or install packages of R's and what they need of the system's.
// fetching are programs that bring files, which other commands would have to run.
var (
	programsOfR = strings.Fields("R Rscript r install2.r installGithub.r installBioc.r install.r")
	fetching    = strings.Fields("wget curl git tar unzip")
)

// commandBringsServer says whether one command of a Dockerfile does.
func commandBringsServer(cmd *shell.Command) truth.Value {
	var args []string
	for _, w := range cmd.Run() {
		text, known := w.Text()
		if !known {
			return truth.Unknown
		}
		args = append(args, text)
	}
	switch program := cmd.Program(); {
	case len(args) == 0 || InstallsNothing(program) || cmd.Followed || slices.Contains(fetching, program):
		return truth.No
	case strings.HasSuffix(program, ".r") && slices.Contains(programsOfR, program):
		return truth.No
	case slices.Contains(programsOfR, program):
		return rBringsServer(args[1:])
	case program == "apt-get" || program == "apt":
		return truth.Of(slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "jupyter") || strings.Contains(a, "notebook") }))
	case program == "pip" || program == "pip3":
		return pipBringsServer(args[1:])
	case len(args) > 3 && (program == "python" || program == "python3") && args[1] == "-m" && args[2] == "pip":
		return pipBringsServer(args[3:])
	}
	return truth.Unknown
}

// rInstalls are words of R code that may install something of Python's. No package of R's
// does so by itself, nor IRkernel, which Jupyter is to be told of.
var rInstalls = strings.Fields("jupyter reticulate py_ conda pip system( system2( source(")

// rBringsServer says whether R code on the command line does.
func rBringsServer(args []string) truth.Value {
	code := slices.IndexFunc(args, func(a string) bool { return a == "-e" })
	text := strings.ToLower(strings.Join(args, " "))
	if code < 0 || slices.ContainsFunc(rInstalls, func(word string) bool { return strings.Contains(text, word) }) {
		return truth.Unknown
	}
	return truth.No
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
