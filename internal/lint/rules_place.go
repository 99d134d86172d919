package lint

import (
	"fmt"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository"
)

var placeRules = []*Rule{
	lfsData, submoduleUnreachable, refMoves, leftOut,
}

var refMoves = &Rule{
	ID:       "ref-moves",
	Level:    card.LevelNote,
	Title:    "A ref that moves",
	When:     "The command was given no ref, or HEAD.",
	Why:      "The default branch moves, and its name may change: what is checked now is not what a link to it launches later. What bokehbinder writes into pages is pinned to the commit.",
	Evidence: "git; BinderHub resolves the ref at each launch.",
	Fix:      "name a tag or a commit",
}

// Unpinned adds the finding that no fixed ref was asked for.
func (r *Report) Unpinned() {
	commit := r.Facts.Commit[:min(12, len(r.Facts.Commit))]
	r.Findings = append(r.Findings, Finding{
		Rule: refMoves, Level: refMoves.Level, Message: "the default branch is at " + commit + " now, and may be elsewhere when a reader launches it", Fix: refMoves.Fix,
	})
}

var submoduleUnreachable = &Rule{
	ID:       "submodule-unreachable",
	Level:    card.LevelError,
	Title:    "A submodule that the build cannot fetch",
	When:     ".gitmodules names a submodule by an address of ssh (git@… or ssh://).",
	Why:      "repo2docker fetches all submodules, has no key for ssh, and gives up.",
	Evidence: "repo2docker 2026.4 runs git submodule update --init --recursive and stops where it fails.",
	Fix:      "write the address as https://",
	Check:    checkSubmoduleUnreachable,
}

func checkSubmoduleUnreachable(c *checker) {
	for _, m := range c.facts.Submodules() {
		address, ok := strings.CutPrefix(m.URL, "ssh://")
		if address, ok = cutPrefixOr(address, "git@", ok); !ok {
			continue
		}
		f := c.report(".gitmodules", m.Line, "%s needs a key that the build does not have", quote(m.URL))
		https := "https://" + strings.Replace(address, ":", "/", 1)
		f.Changes = c.once(".gitmodules", m.Line, m.URL, https)
	}
}

// cutPrefixOr cuts a prefix off, and says whether it was there or something else
// held before.
func cutPrefixOr(text, prefix string, before bool) (string, bool) {
	rest, ok := strings.CutPrefix(text, prefix)
	return rest, ok || before
}

var lfsData = &Rule{
	ID:       "lfs-data",
	Level:    card.LevelWarning,
	Title:    "Data in Git LFS",
	When:     "A file that the app has beside it or names is kept in Git LFS.",
	Why:      "A builder with git-lfs fetches it at each build, and the build fails once the repository's quota is used up; without git-lfs the app gets the pointer, a text of three lines, instead of the data.",
	Evidence: "pytroll/pytroll-examples#33 and jupyterhub/repo2docker#162; repo2docker 2026.4 runs plain git clone.",
	Fix:      "fetch the data in postBuild from where it is published, or commit it if it is small",
	Check:    checkLFSData,
}

func checkLFSData(c *checker) {
	if len(c.facts.Apps) == 0 || !c.facts.UsesLFS() {
		return
	}
	for _, f := range c.facts.List() {
		if f.Omitted == card.OmittedLFS && (f.Role == card.RoleData || f.Role == card.RoleApp) {
			c.report(f.Path, 0, "this file is kept in Git LFS: the app may get a pointer of three lines instead of the data")
		}
	}
}

// leftOut comes after all rules that follow scripts and Python.
var leftOut = &Rule{
	ID:       "left-out",
	Level:    card.LevelNote,
	Title:    "More than is read, followed or listed",
	When:     "The repository has more files of a kind, or a longer script, than bokehbinder reads, follows or lists.",
	Why:      "What a repository may cost is limited, at the same place on every machine. What is left out is not known: no finding and no app comes of it, and a page does not show it. Binder itself has no such limits.",
	Evidence: "bokehbinder's own limits, which docs/architecture.md lists.",
	Fix:      "nothing, if what is left out has no part in the app; else move that to where fewer files are",
	Check:    checkLeftOut,
}

// mostLeft is how many findings tell what was left out.
const mostLeft = 20

// leavings say what was left out, with the number that was taken.
var leavings = map[repository.LeftKind]string{
	repository.LeftFolder:     "of this folder %d files that may matter are read; it has more",
	repository.LeftFolders:    "%d folders that look like apps or like packages are looked into; there are more",
	repository.LeftModules:    "%d Python files and scripts of the root and of the folders in it are read; there are more",
	repository.LeftLinks:      "%d symbolic links, or files that they may lead to, are read; there are more",
	repository.LeftDocuments:  "%d documents are searched for launch links; there are more",
	repository.LeftWanted:     "%d files are read in all; more may matter",
	repository.LeftPart:       "only the beginning of this file is read",
	repository.LeftScript:     "this is followed only in part: it takes too many steps, or what ran before it did",
	repository.LeftPython:     "this is followed only in part: it takes too many steps, or what was read before it did",
	repository.LeftR:          "R code is followed only in part: there is too much of it",
	repository.LeftInstalled:  "what is installed is followed only in part: there is too much of it",
	repository.LeftPoints:     "%d entry points of packages are looked at; there are more",
	repository.LeftPatterns:   "patterns such as data/*.csv in the repository's own files are followed only in part: they are too many for so many files",
	repository.LeftStarts:     "%d commands that start something are looked at; there are more",
	repository.LeftApps:       "%d apps are taken; there are more",
	repository.LeftOfApp:      "%d files of this app are listed; it has more",
	repository.LeftOfConfig:   "%d files of this folder are listed; it has more",
	repository.LeftOfData:     "%d data files are listed; there are more",
	repository.LeftOfRequests: "%d files that a page asks for are taken; more match",
}

func checkLeftOut(c *checker) {
	all := c.facts.LeftOut()
	for _, left := range all[:min(len(all), mostLeft)] {
		text := leavings[left.Kind]
		if left.Limit > 0 {
			text = fmt.Sprintf(text, left.Limit)
		}
		c.report(left.Path, 0, "%s", text)
	}
	if len(all) > mostLeft {
		c.report("", 0, "%d more things are left out", len(all)-mostLeft)
	}
}
