package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// passthroughPath is where Hugo's configuration has the delimiters.
var passthroughPath = []string{"markup", "goldmark", "extensions", "passthrough"}

// configFile is one of the site's own configuration files.
type configFile struct {
	name string   // from the site's folder
	path []string // passthroughPath, without what the file's name stands for
	have int      // how many of the path's keys the file has
}

func (f configFile) has() []string   { return f.path[:f.have] }
func (f configFile) lacks() []string { return f.path[f.have:] }
func (f configFile) replaced() bool  { return f.have == len(f.path) }

// depth is how many keys of passthroughPath the file says, its name included.
func (f configFile) depth() int { return len(passthroughPath) - len(f.lacks()) }

// passthroughLines returns the lines that let the tag through, with the other
// delimiters of the site and of its themes, since Hugo does not join lists; and says where they belong.
func (s *Site) passthroughLines() (place, lines string, err error) {
	f, err := passthroughFile(s.Root)
	if err != nil {
		return "", "", err
	}
	place = filepath.ToSlash(f.name)
	settings := s.passthroughSettings()
	ext := filepath.Ext(f.name)
	switch {
	case f.replaced():
		place += ", in place of its " + strings.Join(f.path, ".")
	case f.have > 0 && ext != ".toml":
		place += ", under " + strings.Join(f.has(), ".")
	}
	switch ext {
	case ".toml":
		return place, settings.toml(f), nil
	case ".json":
		return place, settings.json(f), nil
	}
	return place, settings.yaml(f), nil
}

// passthroughFile finds the file of the site's configuration that says the most
// of the delimiters already, or else its main one.
func passthroughFile(root string) (configFile, error) {
	var best configFile
	for _, name := range []string{
		"hugo", "config", "config/_default/hugo", "config/_default/config", "config/_default/markup",
		"config/production/hugo", "config/production/config", "config/production/markup",
	} {
		for _, ext := range []string{".toml", ".yaml", ".yml", ".json"} {
			f := configFile{name: filepath.FromSlash(name + ext), path: passthroughPath}
			config, err := readConfig(filepath.Join(root, f.name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return configFile{}, err
			}
			if strings.HasSuffix(name, "/markup") {
				f.path = f.path[1:]
			}
			for f.have < len(f.path) {
				below, ok := config[f.path[f.have]].(tree)
				if !ok {
					break
				}
				config = below
				f.have++
			}
			if best.name == "" || f.depth() > best.depth() {
				best = f
			}
		}
	}
	if best.name == "" { // the root has only files such as config/_default/params.toml
		best = configFile{name: filepath.FromSlash("config/_default/hugo.toml"), path: passthroughPath}
	}
	return best, nil
}

// passthroughSettings are the pairs of delimiters that a site needs.
type passthroughSettings struct{ block, inline [][]string }

func (s *Site) passthroughSettings() passthroughSettings {
	ours := []string{tag.Open, tag.Close}
	p := passthroughSettings{block: [][]string{ours}}
	for _, other := range append([]Passthrough{s.Passthrough}, s.merged...) {
		p.block, p.inline = union(p.block, other.Block), union(p.inline, other.Inline)
	}
	return p
}

// union returns the pairs of both lists, each once.
func union(a, b [][]string) [][]string {
	for _, pair := range b {
		if !slices.ContainsFunc(a, func(other []string) bool { return slices.Equal(pair, other) }) {
			a = append(a, pair)
		}
	}
	return a
}

func (p passthroughSettings) toml(f configFile) string {
	table := strings.Join(f.path, ".")
	var b strings.Builder
	fmt.Fprintf(&b, "[%s]\n  enable = true\n  [%s.delimiters]\n    block = %s", table, table, list(p.block, tomlString))
	if len(p.inline) > 0 {
		fmt.Fprintf(&b, "\n    inline = %s", list(p.inline, tomlString))
	}
	return b.String()
}

func (p passthroughSettings) yaml(f configFile) string {
	var b strings.Builder
	depth, keys := f.have, f.lacks()
	if f.replaced() {
		depth, keys = f.have-1, f.path[f.have-1:]
	}
	line := func(format string, args ...any) {
		fmt.Fprintf(&b, "%s"+format+"\n", append([]any{strings.Repeat("  ", depth)}, args...)...)
	}
	for _, key := range keys {
		line("%s:", key)
		depth++
	}
	line("enable: true")
	line("delimiters:")
	depth++
	line("block: %s", list(p.block, yamlString))
	if len(p.inline) > 0 {
		line("inline: %s", list(p.inline, yamlString))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// json returns a member of the object that has the most of the path.
func (p passthroughSettings) json(f configFile) string {
	delimiters := `"block": ` + list(p.block, jsonString)
	if len(p.inline) > 0 {
		delimiters += `, "inline": ` + list(p.inline, jsonString)
	}
	keys := f.lacks()
	if f.replaced() {
		keys = f.path[len(f.path)-1:]
	}
	text := `"enable": true, "delimiters": {` + delimiters + `}`
	for _, key := range slices.Backward(keys) {
		text = fmt.Sprintf("%q: {%s}", key, text)
	}
	return text
}

// list writes pairs of delimiters as all three formats write lists.
func list(pairs [][]string, quote func(string) string) string {
	var out []string
	for _, pair := range pairs {
		var quoted []string
		for _, delimiter := range pair {
			quoted = append(quoted, quote(delimiter))
		}
		out = append(out, "["+strings.Join(quoted, ", ")+"]")
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// tomlString writes a literal string where TOML has one for it. What JSON
// escapes, TOML reads the same.
func tomlString(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r < ' ' || r == 0x7f }) {
		return jsonString(s)
	}
	return "'" + s + "'"
}

func yamlString(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return jsonString(s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

func jsonString(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string is always encoded
	return strings.TrimSuffix(b.String(), "\n")
}
