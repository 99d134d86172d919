// Package bokehbinder holds what a page needs to show a repository's app and
// files: the views, their words, the style sheet and the script.
//
// Programs in Go use package
// [github.com/bokehbinder/bokehbinder/extension], the goldmark extension, and
// take from here what a page must have beside its output: [Style],
// [Script] and [Words]. Hugo uses the same files as a module.
package bokehbinder

import (
	"bytes"
	"embed"

	"github.com/bokehbinder/bokehbinder/internal/base/module"
)

// Names of the two files that a page refers to.
const (
	StyleName  = "bokehbinder.css"
	ScriptName = "bokehbinder.js"
)

// WordsName returns the name of the file that holds the script's words in a
// language, as its file in i18n is named. The script looks for it beside itself.
func WordsName(language string) string { return "bokehbinder." + language + ".js" }

// files are the views under layouts/_partials/bokehbinder/views, their words under
// i18n, and the assets under assets/bokehbinder, as the module has them.
//
//go:embed layouts/_partials/bokehbinder/views
//go:embed i18n/*.yaml
//go:embed assets/bokehbinder/bokehbinder.css assets/bokehbinder/bokehbinder.js
//go:embed assets/bokehbinder/bokehbinder.*.js
var files embed.FS

var (
	//go:embed assets/bokehbinder/bokehbinder.css
	style []byte
	//go:embed assets/bokehbinder/bokehbinder.js
	script []byte
)

func init() { module.SetFiles(files) }

// Style returns the style sheet, which every page with an embed needs.
func Style() []byte { return bytes.Clone(style) }

// Script returns the script, an ES module, that runs an app in place when its
// reader asks for it. A page without it still has the launch link, and the
// hub's own page in the app's frame.
func Script() []byte { return bytes.Clone(script) }

// Words returns the words that the script says in a language, as an ES module,
// or nil where there is no translation. A page needs them, by [WordsName], once a
// reader runs an app; without them 'Run here' leads to the hub's own page.
func Words(language string) []byte {
	text, err := files.ReadFile("assets/bokehbinder/" + WordsName(language))
	if err != nil {
		return nil
	}
	return text
}
