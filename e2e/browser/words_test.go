package browser_test

import (
	"cmp"
	"fmt"
	"html"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	_ "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/base/module"
)

// foreign puts each of the page's words in brackets, as a translation would
// change them.
func foreign(t *testing.T, page, hub string) string {
	t.Helper()
	text, err := fs.ReadFile(module.Files(), "i18n/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]string
	if err := yaml.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	var list []string
	// These two say which words they are, and to no reader.
	delete(words, "bokehbinder_language")
	delete(words, "bokehbinder_direction")
	for _, word := range words {
		list = append(list, html.EscapeString(strings.ReplaceAll(word, "{{ .hub }}", hub)))
	}
	list = append(list, words["bokehbinder_launch"]+" "+words["bokehbinder_new_tab"])
	// The longest first: "Stop" is also the beginning of "Stopped".
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	var pairs []string
	for _, word := range slices.Compact(list) {
		for _, around := range []string{">%s<", `"%s"`, ">%s</a>", "> %s<", ">%s <"} {
			pairs = append(pairs, fmt.Sprintf(around, word), fmt.Sprintf(around, "⟦"+word+"⟧"))
		}
	}
	return strings.NewReplacer(pairs...).Replace(page)
}

// TestWords has a page in another language: whatever a reader sees or hears in
// any state comes from the page, nothing from the script.
func TestWords(t *testing.T) {
	const unknown = `(() => {
		const root = document.querySelector("bokeh-binder");
		const known = /^(⟦.*⟧|·|sine|demo\/sine|[0-9a-f]{7}|\d+:\d\d|⟦.*⟧ \d+:\d\d|127.0.0.1:\d+)?$/s;
		const found = [];
		for (const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT); walk.nextNode();) {
			const { data, parentElement: e } = walk.currentNode;
			if (e.closest("[data-bb=lines], .bb-files")) continue;
			if (!known.test(data.trim())) found.push(data.trim());
		}
		for (const e of root.querySelectorAll("[title], [aria-label]")) {
			for (const name of ["title", "aria-label"]) {
				if (!known.test(e.getAttribute(name) ?? "")) found.push(name + " " + e.getAttribute(name));
			}
		}
		return found.join(" | ");
	})()`
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		eachScene(t, func(t *testing.T, scene scene) {
			scene.embed.translate = true
			s := scene.enter(t, b, browser.Options{})
			if text := s.Text(unknown); text != "" {
				t.Errorf("not from the page: %s", text)
			}
		})
		for _, f := range failures() {
			t.Run(f.name, func(t *testing.T) {
				s := tellOf(t, b, browser.Options{Preload: clock + quick}, embed{translate: true}, f.script)
				s.fail(f)
				if text := s.Text(unknown); text != "" {
					t.Errorf("not from the page: %s", text)
				}
			})
		}
	})
}
