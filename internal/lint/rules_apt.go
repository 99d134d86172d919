package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
)

var aptMissing = &Rule{
	ID:       "apt-missing",
	Level:    card.LevelError,
	Title:    "A package of apt.txt that Ubuntu no longer has",
	When:     "apt.txt asks for one of a few packages that people often list and that Ubuntu 24.04 does not have, such as libgl1-mesa-glx, python-dev, python3.8 and libasound2. Other names are not judged.",
	Why:      "apt-get finds no such package and installs none, and the build fails.",
	Evidence: "repo2docker 2026.4 builds on Ubuntu 24.04, as mybinder.org does. By reports about that release apt-get says \"has no installation candidate\" or \"Unable to locate package\", and ends with 100; not tried here.",
	Fix:      "delete the line",
	Check:    checkAptMissing,
}

// gone are packages that Ubuntu had and 24.04 does not have, with what there is instead;
// "" where there is nothing.
var gone = map[string]string{
	"libgl1-mesa-glx": "libgl1",
	"libasound2":      "libasound2t64",
	"libtinfo5":       "", "libncurses5": "", "libncursesw5": "",
	"libgfortran3": "", "libgfortran4": "", "lsb-core": "", "lib32ncurses5-dev": "", "libgnutls-dev": "libgnutls28-dev",
	"libgconf-2-4": "", "libssl1.0.0": "", "libssl1.1": "",
	"libpng12-0": "", "libpng12-dev": "libpng-dev",
	"qt5-default": "qtbase5-dev", "texlive-generic-extra": "texlive-plain-generic", "texlive-generic-recommended": "texlive-plain-generic",
	"python": "python3", "python-dev": "python3-dev", "python-pip": "python3-pip", "python3-distutils": "python3-setuptools",
	"python2": "", "python2-dev": "", "python2.7": "", "python2.7-dev": "",
}

// oldPython matches Pythons that Ubuntu 24.04, whose own is 3.12, does not have.
var oldPython = regexp.MustCompile(`^(?:lib)?python3\.(?:[4-9]|1[01])(?:-(?:dev|venv|distutils|minimal|tk))?$`)

func checkAptMissing(c *checker) {
	for _, s := range c.facts.Installed.System {
		name, _, _ := strings.Cut(s.Name, "=")
		instead, listed := gone[name]
		if !listed && !oldPython.MatchString(name) {
			continue
		}
		f := c.reportAt(s.At, "Ubuntu 24.04, on which Binder builds, has no package %s; the build fails", name)
		switch {
		case instead != "":
			f.Fix = fmt.Sprintf("ask for %s instead", instead)
			f.Changes = c.rewrite(s.At, regexp.MustCompile(`(^|\s)`+regexp.QuoteMeta(s.Name)+`\b`), instead)
		case !listed, strings.HasPrefix(name, "python2"):
			f.Fix = "delete it: Python comes from conda, by the version that environment.yml or runtime.txt asks for"
		}
	}
}
