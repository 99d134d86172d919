package lint

import (
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// typographic are the dashes and quotes that word processors write in the place of those
// of a keyboard.
const typographic = "\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u201c\u201d"

// installers take a word that begins with such a sign for the name of a package.
var installers = setOf("pip pip3 conda mamba micromamba apt apt-get")

// typographicWord is the first word of an installer's arguments that begins with a sign of
// a word processor's, "" where there is none.
func typographicWord(cmd *shell.Command) string {
	if !installers[cmd.Program()] {
		return ""
	}
	args := shell.Strings(cmd.Run())
	if i := slices.IndexFunc(args, func(a string) bool { return strings.IndexAny(a, typographic) == 0 }); i >= 0 {
		return args[i]
	}
	return ""
}

// typographicWords reports such words in what builds the image. Those of pip in postBuild
// are no requirements, of which the lists tell.
func (c *checker) typographicWords() {
	for _, s := range c.buildScripts() {
		for i := range s.Commands {
			cmd := &s.Commands[i]
			word := typographicWord(cmd)
			if word == "" || cmd.Runs == shell.Never || c.facts.Image == nil && strings.HasPrefix(cmd.Program(), "pip") {
				continue
			}
			f := c.reportAt(cmd.Place, "%s begins with a sign of a word processor's, so %s takes it for a package; the build fails", quote(word), cmd.Program())
			f.Fix = "write - and straight quotes"
			if !c.surelyRuns(s, cmd) || s.Failure(cmd) != shell.Ends {
				f.Level = card.LevelWarning
			}
		}
	}
}
