package lint

import (
	"path"
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// partitionedPython is the first Python that knows partitioned cookies.
var partitionedPython = packaging.Version{Release: []int{3, 14}}

func knowsPartitioned(python string) bool {
	have, err := packaging.ParseVersion(python)
	return err == nil && have.Compare(partitionedPython) >= 0
}

// TeachMorsel are the lines that teach Python the attribute.
var TeachMorsel = []string{
	"from http.cookies import Morsel",
	"",
	`Morsel._reserved.setdefault("partitioned", "Partitioned")`,
	`Morsel._flags.add("partitioned")`,
}

var cookieUnknown = &Rule{
	ID:       "cookie-unknown",
	Level:    card.LevelError,
	Title:    "A partitioned cookie that Python does not know",
	When:     "A configuration asks for a partitioned cookie, on a Python before 3.14, and does not teach http.cookies.Morsel the attribute. It is a warning where environment.yml asks for Python without pinning it, so that conda may take a newer one.",
	Why:      "\"CookieError: Invalid attribute 'partitioned'\": whoever comes with the token, as every reader does, gets 500, in JupyterLab as well.",
	Evidence: "Measured with Python 3.11, jupyter-server 2.17.0 and 2.21.1.",
	Fix:      "write Morsel._reserved.setdefault(\"partitioned\", \"Partitioned\") and Morsel._flags.add(\"partitioned\") before it",
	Check:    checkCookieUnknown,
}

// checkCookieUnknown reports a partitioned cookie that the server cannot set.
func checkCookieUnknown(c *checker) {
	if c.facts.Plan.Python == "" || knowsPartitioned(c.facts.Plan.Python) || c.facts.Docker() || c.facts.Plan.Pack == binder.Nix {
		return
	}
	config := c.facts.Jupyter
	cookie, set := config.Cookie("Partitioned")
	if asked, _ := cookie.Value.(bool); set != jupyter.Yes || !asked || len(config.Gaps) > 0 || c.facts.Teaches("partitioned") {
		return
	}
	options, _ := config.Cookies()
	at := options.At
	found := c.reportAt(at, "Python %s does not know partitioned cookies, so the server answers everybody with 500", c.facts.Plan.Python)
	if asked, others := c.otherPythons(); slices.ContainsFunc(others, knowsPartitioned) {
		found.Level = card.LevelWarning
		found.Message += "; conda may take another Python, as " + quote(asked) + " allows"
	}
	if path.Ext(at.File) == ".py" && at.Column == 1 {
		found.Changes = []Change{{Path: at.File, Line: at.Line, Insert: TeachMorsel}}
	}
}
