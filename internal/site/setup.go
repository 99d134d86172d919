package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/tag"
)

// Setup says what keeps the tags of the site's content from being shown: Hugo
// drops them without a word when the site's delimiters or its render hook are
// not ours. Shortcodes need no setting up.
func (s *Site) Setup(uses []Use) ([]Problem, error) {
	at := slices.IndexFunc(uses, func(u Use) bool { return u.Shortcode == "" })
	if at < 0 {
		return nil, nil
	}
	var problems []Problem
	if !s.passesTag() {
		problems = append(problems, Problem{
			Where:   uses[at].Pos.String(),
			Message: fmt.Sprintf("the site's configuration does not let the tag through, so the page shows %q as text", tag.Open),
			Hint:    "use the shortcode {{< bokehbinder … >}}, or put this into the site's configuration (hugo.toml):\n\n" + s.lines(),
		})
	}
	hooks, err := s.foreignHooks()
	for _, hook := range hooks {
		problems = append(problems, Problem{
			Where:   hook,
			Message: "this render hook takes the tag, and does not show it",
			Hint: "use the shortcode {{< bokehbinder … >}}, or begin the hook with\n\n" +
				"{{- if partial \"bokehbinder/is-tag.html\" . -}}\n" +
				"{{- partial \"bokehbinder/tag.html\" (dict \"context\" .) -}}\n" +
				"{{- else -}}\n\nand end it with\n\n{{- end -}}",
		})
	}
	return problems, err
}

// passesTag reports whether the site hands tags to a render hook.
func (s *Site) passesTag() bool {
	if s.Guessed != "" && s.Merges && len(s.Passthrough.Block) == 0 {
		return true // the module's own delimiters are merged in
	}
	return s.Passthrough.Enable && slices.ContainsFunc(s.Passthrough.Block, func(pair []string) bool {
		return slices.Equal(pair, []string{tag.Open, tag.Close})
	})
}

// lines returns the configuration that lets the tag through, with the site's
// other delimiters, since Hugo does not join lists.
func (s *Site) lines() string {
	block := []string{fmt.Sprintf("['%s', '%s']", tag.Open, tag.Close)}
	var b strings.Builder
	b.WriteString("[markup.goldmark.extensions.passthrough]\n  enable = true\n")
	b.WriteString("  [markup.goldmark.extensions.passthrough.delimiters]\n")
	fmt.Fprintf(&b, "    block = [%s]", strings.Join(append(block, literals(s.Passthrough.Block)...), ", "))
	if inline := literals(s.Passthrough.Inline); len(inline) > 0 {
		fmt.Fprintf(&b, "\n    inline = [%s]", strings.Join(inline, ", "))
	}
	return b.String()
}

func literals(pairs [][]string) []string {
	var list []string
	for _, pair := range pairs {
		if slices.Equal(pair, []string{tag.Open, tag.Close}) {
			continue
		}
		quoted := make([]string, len(pair))
		for i, delimiter := range pair {
			quoted[i] = "'" + delimiter + "'"
		}
		list = append(list, "["+strings.Join(quoted, ", ")+"]")
	}
	return list
}

// foreignHooks lists the passthrough render hooks for HTML that win and do not
// show tags. Of files at one place the first folder's wins; more particular
// ones, for a section or for blocks alone, win over the general ones.
func (s *Site) foreignHooks() ([]string, error) {
	seen := make(map[string]bool)
	var foreign []string
	for _, dir := range s.Layouts {
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() || !isHook(file) {
				return err
			}
			rel, _ := filepath.Rel(dir, file)
			place := strings.TrimPrefix(filepath.ToSlash(rel), "_default/")
			if seen[place] {
				return nil
			}
			seen[place] = true
			text, err := os.ReadFile(file)
			if !bytes.Contains(text, []byte("bokehbinder/")) {
				foreign = append(foreign, s.Name(file))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return foreign, nil
}

func isHook(file string) bool {
	name := filepath.Base(file)
	return filepath.Base(filepath.Dir(file)) == "_markup" &&
		strings.HasPrefix(name, "render-passthrough") && strings.HasSuffix(name, ".html")
}
