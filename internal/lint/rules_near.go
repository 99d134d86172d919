package lint

import (
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

var nameNearly = &Rule{
	ID:       "name-nearly",
	Level:    card.LevelWarning,
	Title:    "A file whose name is nearly one of Binder's",
	When:     "In the folder that Binder's files are taken from, a file's name misses one that repo2docker reads by its capitals, a letter or an ending, as install.r, Postbuild, requirement.txt and environments.yml do; or a folder of the root misses binder so. Not where a script or a list names the file, where the right name is there as well, or where it would not be read either. It is a note where the build would be another one with the right name.",
	Why:      "The file has no effect: Linux tells capitals apart, and repo2docker looks for exact names.",
	Evidence: withRepo2docker + ".",
	Fix:      "rename the file",
	Check:    checkNameNearly,
}

// whatScriptsDo is what becomes of a script that gets its right name.
var whatScriptsDo = map[string]string{
	binder.PostBuild: ": with this name the build fails where a command of it does",
	binder.Start:     " and it ends with exec \"$@\": with this name nothing starts without it",
}

func checkNameNearly(c *checker) {
	plan := c.facts.Plan
	if plan.Dir == "" {
		if dir, right := c.nearlyFolder(); dir != "" {
			f := c.report(dir, 0, "this folder has no effect: repo2docker takes its files from %s, and not from %s", right, dir)
			f.Fix = "rename the folder to " + right
		}
	}
	for _, n := range c.nearNames() {
		used, another := plan.WouldUse(n.right)
		if !used || c.facts.Takes(n.path) {
			continue
		}
		f := c.report(n.path, 0, "this file has no effect: repo2docker reads %s, and not %s", n.right, path.Base(n.path))
		f.Fix = "rename it to " + n.right
		if so := whatScriptsDo[n.right]; so != "" {
			f.Fix = "look at what it runs, and " + f.Fix + " if that still works" + so
		}
		if another {
			f.Level = card.LevelNote
			f.Fix += " if it is meant for Binder; the build is another one then"
		}
	}
}

// nearName is a file of a nearly right name.
type nearName struct{ path, right string }

// nearNames lists the files of nearly right names where Binder's are taken from.
func (c *checker) nearNames() []nearName {
	var out []nearName
	dir := c.facts.Plan.Dir
	for _, file := range c.facts.Snapshot.Below(dir) {
		name := strings.TrimPrefix(file.Path, dir+"/")
		if dir == "" {
			name = file.Path
		}
		if strings.Contains(name, "/") {
			continue
		}
		if right := binder.Nearly(name); right != "" && !c.facts.Snapshot.Exists(c.facts.Plan.Path(right)) && len(out) < binder.MaxNear {
			out = append(out, nearName{file.Path, right})
		}
	}
	return out
}

// nearlyFolder is a folder of the root whose name is nearly a config folder's and that
// has a file of Binder's.
func (c *checker) nearlyFolder() (dir, right string) {
	for _, file := range c.facts.Snapshot.Files() {
		dir, name, ok := strings.Cut(file.Path, "/")
		if right := binder.NearlyFolder(dir); ok && right != "" && (binder.EnvironmentRank(name) >= 0 || name == binder.PostBuild || name == binder.Start) {
			return dir, right
		}
	}
	return "", ""
}
