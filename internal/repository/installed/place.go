package installed

import (
	"bytes"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// finder finds where texts stand in a file. Those that stand in order cost one
// pass over it.
type finder struct {
	file        string
	content     []byte
	begin, from int // where to look at all, and where first
	counter     *position.Counter
	lookups     int
}

func newFinder(file string, content []byte, begin int) *finder {
	return &finder{file, content, begin, begin, position.Count(position.Position{File: file, Line: 1, Column: 1}, content), 0}
}

// place is where a text stands, or the file alone.
func (f *finder) place(text string) position.Position {
	if f.lookups++; f.lookups > maxLookups {
		return position.Position{File: f.file}
	}
	i := bytes.Index(f.content[f.from:], []byte(text))
	if i < 0 {
		f.from = f.begin
		i = bytes.Index(f.content[f.from:], []byte(text))
	}
	if i < 0 {
		return position.Position{File: f.file}
	}
	f.from += i
	return f.counter.At(f.from)
}

// tomlKey is a key of a table of TOML.
type tomlKey struct{ table, name string }

// tomlKeys are the places of the keys that stand at the beginning of a line.
func tomlKeys(file string, content []byte) map[tomlKey]position.Position {
	out := map[tomlKey]position.Position{}
	number, table := 0, ""
	for line := range strings.Lines(string(content)) {
		number++
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "[") {
			table = strings.Trim(strings.ReplaceAll(text, " ", ""), "[]")
			continue
		}
		name, _, ok := strings.Cut(text, "=")
		key := tomlKey{table, strings.Trim(strings.TrimSpace(name), `"'`)}
		if _, twice := out[key]; ok && !twice {
			out[key] = position.Position{File: file, Line: number, Column: len(line) - len(strings.TrimLeft(line, " \t")) + 1}
		}
	}
	return out
}
