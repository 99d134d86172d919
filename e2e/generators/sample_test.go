package generators

import (
	"cmp"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// address is the repository that the pages name.
const address = "github.com/owner/name"

// hostile is full of what readers of Markdown and template languages take for their
// own.
var hostile = gitserve.Files{
	"waves/main.py": `from bokeh.io import curdoc

# {{ page.title }} {% raw %} {%- extends base -%} {# no #} {{literal}} {{< x >}} <%= y %> ${z} {1}


	tabs = ["` + "`one`, ``two``, ```" + `", """

    ~~~ sh
import x from "y"
export const z = 1
"""]


html = "<b>&amp;</b> </div> </pre> <!-- c --> <script>window.hostile = 1</script>"
marks = r"_a_ **b** $x$ \(y\) [toc] [[wiki]] ::: !!! {: .c} --8<-- :smile: @user ~s~ ==m== ^p^ |r|"
name = "naïve 日本 😀 שלום ¼` + "\u2028" + `" # it's a \ backslash \
`,
	"waves/theme.yaml":   "attrs:\n  Title:\n    text_color: '{{ colour }}'\n",
	"waves/a_b_{{c}}.py": "import {name}\nexport = {1}\n",
}

// sample is a repository of the recipe, whose app is hostile.
func sample(t *testing.T) gitserve.Files {
	t.Helper()
	recipe, err := gitserve.ReadFiles("../../exampleSite/repositories/pendulum")
	if err != nil {
		t.Fatal(err)
	}
	files := gitserve.Files{}
	for name, text := range recipe {
		if !strings.HasSuffix(name, ".py") || strings.Contains(name, ".binder") {
			files[name] = strings.ReplaceAll(text, "pendulum", "waves")
		}
	}
	for name, text := range hostile {
		files[name] = text
	}
	return files
}

// tag is the line of the pages' post.
const tag = "<<< bokehbinder repo=https://github.com/owner/name ref=main >>>"

// others is the text of the second post, whose first app runs on the hub at an address:
// tags by themselves, in a list, and where one becomes a link.
func (g generator) others(hub string) string {
	return `Tides are waves, too.

<<< bokehbinder repo=https://github.com/owner/name ref=main title="a --> {{ b }} {% c %} <d>" files=waves/* hub=` + hub + ` >>>

- In a list:

    <<< bokehbinder repo=https://github.com/owner/name ref=main show=files >>>

- And on.

` + cmp.Or(g.link, "## In a heading: "+tag) + `

The end of it.
`
}
