package recipe

import (
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
)

var placeRules = []Rule{
	{"lfs-data", card.LevelWarning, "Data in Git LFS",
		"A file that the app has beside it or names is kept in Git LFS.",
		"A builder with git-lfs fetches it at each build, and the build fails once the repository's quota is used up; without git-lfs the app gets the pointer, a text of three lines, instead of the data.",
		"pytroll/pytroll-examples#33 and jupyterhub/repo2docker#162; repo2docker 2026.4 runs plain git clone.", "fetch the data in postBuild from where it is published, or commit it if it is small"},
	{"submodule-unreachable", card.LevelError, "A submodule that the build cannot fetch",
		".gitmodules names a submodule by an address of ssh (git@… or ssh://).",
		"repo2docker fetches all submodules, has no key for ssh, and gives up.",
		"repo2docker 2026.4 runs git submodule update --init --recursive and stops where it fails.", "write the address as https://"},
	{"ref-moves", card.LevelNote, "A ref that moves",
		"The command was given no ref, or HEAD.",
		"The default branch moves, and its name may change: what is checked now is not what a link to it launches later. What bokehbinder writes into pages is pinned to the commit.",
		"git; BinderHub resolves the ref at each launch.", "name a tag or a commit"},
}

// Unpinned adds the finding that no fixed ref was asked for.
func (r *Report) Unpinned() {
	rule, _ := Lookup("ref-moves")
	commit := r.Facts.Commit[:min(12, len(r.Facts.Commit))]
	r.Findings = append(r.Findings, Finding{Finding: card.Finding{
		ID: rule.ID, Level: rule.Level, Message: "the default branch is at " + commit + " now, and moves", Fix: rule.Fix,
	}})
}

var submoduleURL = regexp.MustCompile(`^\s*url\s*=\s*(\S+)`)

// place reports on how the repository keeps its files.
func (c *checker) place() {
	number := 0
	for line := range strings.Lines(c.text(".gitmodules")) {
		number++
		m := submoduleURL.FindStringSubmatch(line)
		if m != nil && (strings.HasPrefix(m[1], "git@") || strings.HasPrefix(m[1], "ssh://")) {
			f := c.find("submodule-unreachable", ".gitmodules", number, "%s needs a key that the build does not have", quote(m[1]))
			https := strings.Replace(strings.TrimPrefix(strings.TrimPrefix(m[1], "ssh://"), "git@"), ":", "/", 1)
			f.Changes = []Change{{Path: ".gitmodules", Line: number, Delete: 1, Insert: []string{strings.TrimRight(strings.Replace(line, m[1], "https://"+https, 1), "\r\n")}}}
		}
	}
	if len(c.facts.Apps) == 0 || !strings.Contains(c.text(".gitattributes"), "lfs") {
		return
	}
	for _, f := range c.facts.List() {
		if f.Omitted == card.OmittedLFS && (f.Role == card.RoleData || f.Role == card.RoleApp) {
			c.find("lfs-data", f.Path, 0, "it is kept in Git LFS")
		}
	}
}
