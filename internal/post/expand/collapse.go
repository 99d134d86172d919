package expand

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// keep writes a tag so that it can stand in a comment: whatever might end that, or mean
// something to those who read it, as a character reference.
func keep(inner string) string {
	var b strings.Builder
	last := ' '
	for _, r := range inner {
		if r > 0x7e || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' ||
			strings.ContainsRune(` =:/.,"?`, r) || r == '-' && last != '-' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
		last = r
	}
	return b.String()
}

var reference = regexp.MustCompile(`&#([0-9]{1,7});`)

// unkeep reads what keep writes.
func unkeep(text string) string {
	return reference.ReplaceAllStringFunc(text, func(r string) string {
		n, _ := strconv.Atoi(r[2 : len(r)-1])
		return string(rune(n))
	})
}

// Problem is an embed that cannot be taken out without losing what was changed in it.
type Problem struct {
	Pos     position.Position
	Message string
}

const (
	edited = "this embed was edited by hand, and that would be lost"
	broken = "this embed has lost its beginning or its end"
)

// Collapse puts the tags back in the place of their embeds. The text before the first
// [Expand] comes back, byte for byte, and with it changes that were made around the
// embeds, or to the tags in their comments. Problems are embeds that were changed;
// with force these are lost.
func Collapse(file string, src []byte, f form.Form, force bool) ([]byte, []Problem, error) {
	s := syntaxes[f]
	if !s.mark.Match(src) {
		return src, nil, nil
	}
	shown, err := s.shown(s, file, src)
	if err != nil {
		return nil, nil, err
	}
	places := position.Count(position.Position{File: file, Line: 1, Column: 1}, src)
	var problems []Problem
	var out []byte
	at := 0
	stray := func(from, to int) {
		for _, m := range s.mark.FindAllIndex(src[from:to], -1) {
			if !shown(from + m[0]) {
				problems = append(problems, Problem{places.At(from + m[0]), broken})
			}
		}
	}
	for _, m := range s.region.FindAllSubmatchIndex(src, -1) {
		if shown(m[0]) {
			continue
		}
		body := string(src[m[10]:m[11]])
		before, _ := strconv.Atoi(string(src[m[4]:m[5]]))
		after, _ := strconv.Atoi(string(src[m[6]:m[7]]))
		lead, trail, kept := before, after, 0
		if after > 0 {
			kept = spaces(src[m[1]:])
		}
		rest := m[1] + kept
		if m[0]-before < at || !s.isFilling(src[m[0]-before:m[0]]) {
			lead = 0
		}
		if rest+after > len(src) || !s.isFilling(src[rest:rest+after]) {
			trail = 0
		}
		whole := hash(body) == string(src[m[2]:m[3]]) && lead == before && trail == after
		if !whole && !force {
			problems = append(problems, Problem{places.At(m[0]), edited})
		}
		if strings.Contains(body, s.opening) {
			problems = append(problems, Problem{places.At(m[0]), broken})
		}
		stray(at, m[0])
		out = append(out, src[at:m[0]-lead]...)
		out = append(out, tag.Open+unkeep(string(src[m[8]:m[9]]))+tag.Close...)
		out = append(out, src[m[1]:rest]...)
		at = rest + trail
	}
	stray(at, len(src))
	return append(out, src[at:]...), problems, nil
}

// isFilling says whether text may be what stands before or after an embed.
func (s *syntax) isFilling(text []byte) bool {
	return len(bytes.Trim(text, " \t\r\n"+s.filling)) == 0
}
