package recipe

import (
	"fmt"
	"strings"
)

// Pages writes the documentation of the catalogue: a page for each rule, and a
// page README.md that lists them, by their files' names.
func Pages() map[string]string {
	const made = "<!-- Written from the catalogue in internal/recipe by `make update`; do not edit. -->\n\n"
	pages := map[string]string{}
	var index strings.Builder
	index.WriteString(made + "# Findings\n\nWhat `bokehbinder check` looks for. An error is something that makes the build or the app fail, a warning something that works, but not everywhere or not for long, and a note something worth knowing.\n")
	for _, part := range catalogue {
		fmt.Fprintf(&index, "\n## %s\n\n| finding | level | |\n|---|---|---|\n", part.subject)
		for _, r := range part.rules {
			fmt.Fprintf(&index, "| [`%s`](%s.md) | %s | %s |\n", r.ID, r.ID, r.Level, cell(r.Title))
			pages[r.ID+".md"] = made + r.page()
		}
	}
	pages["README.md"] = index.String()
	return pages
}

// page writes the documentation of one rule.
func (r Rule) page() string {
	return fmt.Sprintf("# %s\n\n`%s`, %s\n\n**When.** %s\n\n**What happens.** %s\n\n**What to do.** %s.\n\n**How that is known.** %s\n\n[All findings](README.md)\n",
		escape(r.Title), r.ID, r.Level, escape(r.When), escape(r.Why), escape(upper(r.Fix)), escape(r.Evidence))
}

// upper writes a sentence's first letter as a capital.
func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// escape writes a text as Markdown that shows it as it is.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "\\`").Replace(text)
}

// cell writes a text for a table.
func cell(text string) string { return strings.ReplaceAll(escape(text), "|", `\|`) }
