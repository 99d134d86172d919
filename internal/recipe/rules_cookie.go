package recipe

import (
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/packaging"
)

// partitionedPython is the first Python that knows partitioned cookies.
var partitionedPython = packaging.Version{Release: []int{3, 14}}

var cookieRule = Rule{"cookie-unknown", card.LevelError, "A partitioned cookie that Python does not know",
	"A configuration asks for a partitioned cookie, on a Python before 3.14, and does not teach http.cookies.Morsel the attribute.",
	"\"CookieError: Invalid attribute 'partitioned'\": whoever comes with the token, as every reader does, gets 500, in JupyterLab as well.",
	"Measured with Python 3.11, jupyter-server 2.17.0 and 2.21.1.",
	"write Morsel._reserved.setdefault(\"partitioned\", \"Partitioned\") and Morsel._flags.add(\"partitioned\") before it"}

// teachMorsel are the lines that teach Python the attribute.
var teachMorsel = []string{
	"from http.cookies import Morsel",
	"",
	`Morsel._reserved.setdefault("partitioned", "Partitioned")`,
	`Morsel._flags.add("partitioned")`,
}

// cookies reports a partitioned cookie that the server cannot set.
func (c *checker) cookies() {
	have, err := packaging.ParseVersion(c.plan.Python)
	if err != nil || have.Compare(partitionedPython) >= 0 || c.docker() || c.plan.Pack == binder.Nix {
		return
	}
	for _, f := range c.facts.Snapshot.Files() {
		if !isConfigFile(f.Path) {
			continue
		}
		text := c.text(f.Path)
		if !asksPartitioned(text) || strings.Contains(text, "Morsel") {
			continue
		}
		line := lineOf(text, "cookie_options")
		found := c.find(cookieRule.ID, f.Path, line, "Python %s does not know partitioned cookies, so the server answers everybody with 500", c.plan.Python)
		if inspect.IsJupyterConfig(f.Path) && path.Ext(f.Path) == ".py" && strings.HasPrefix(lineAt(text, line), "c.") {
			found.Changes = []Change{{Path: f.Path, Line: line, Insert: teachMorsel}}
		}
	}
}

// asksPartitioned says whether a configuration sets a partitioned cookie.
func asksPartitioned(text string) bool {
	return strings.Contains(text, "cookie_options") && strings.Contains(text, "Partitioned")
}
