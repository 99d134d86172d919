package rst

import (
	"regexp"
	"strings"
)

// holds is what the content of a directive is.
type holds int

const (
	unknown  holds = iota
	nested         // reStructuredText, from behind its name on
	titled         // reStructuredText, after an argument in the first line
	verbatim       // anything else
)

// directives are those of docutils, of Sphinx and of what many sites have beside them.
var directives = func() map[string]holds {
	table := make(map[string]holds)
	for kind, names := range map[holds]string{
		nested: `attention caution danger error hint important note tip warning seealso todo epigraph highlights pull-quote
			compound hlist glossary line-block rst-class class header footer tabs grid tab-set card-carousel article-info
			margin centered details`,
		titled: `admonition topic sidebar container figure table list-table versionadded versionchanged versionchanges
			deprecated only rubric tab group-tab code-tab-set tab-item dropdown card grid-item grid-item-card
			tab-set-code collapse toggle exercise solution`,
		verbatim: `code code-block sourcecode code-cell highlight literalinclude parsed-literal raw math csv-table include
			image meta contents sectnum section-numbering role default-role replace unicode date title toctree index
			codeauthor sectionauthor productionlist tabularcolumns doctest testcode testoutput testsetup testcleanup
			graphviz digraph graph inheritance-diagram mermaid plantuml plot bokeh-plot jupyter-execute ipython prompt
			code-tab button-link button-ref video youtube highlightlang default-domain currentmodule module
			automodule autoclass autofunction autosummary post feed template figure-md tags listing gist`,
	} {
		for _, name := range strings.Fields(names) {
			table[name] = kind
		}
	}
	return table
}()

var (
	directive = regexp.MustCompile(`^\.\.[ \t]+([\pL\pN](?:[\pL\pN_.+:-]*[\pL\pN])?)[ ]?::(?:[ \t]+|$)`)
	footnote  = regexp.MustCompile(`^\.\.[ \t]+\[[^\]\s]+\](?:[ \t]+|$)`)
	option    = regexp.MustCompile(`^:[^:\s][^:]*:(?:[ \t]|$)`)
)

// explicit follows a block that begins with two dots, or an anonymous target.
func (s *scanner) explicit(i, to, at, col int) int {
	l := s.lines[i]
	rest := l.text[at:]
	if strings.TrimSpace(rest) == ".." && (i+1 == to || s.lines[i+1].blank()) {
		return i + 1 // an empty comment has nothing to do with what follows
	}
	end := s.until(i+1, to, col+1)
	inner := s.least(i+1, end, col+3)
	if m := footnote.FindString(rest); m != "" {
		s.content(i, end, at+len(m), inner, Body)
		return end
	}
	m := directive.FindStringSubmatch(rest)
	if m == nil {
		s.comments[l.start+at] = true
		return end
	}
	first := at + len(m[0])
	switch directives[strings.ToLower(m[1])] {
	case nested:
		s.content(i, end, first, inner, Body)
	case titled:
		s.content(i, end, first, inner, Line)
	case unknown:
		s.unknowns = append(s.unknowns, Unknown{m[1], l.start + first, s.lines[end-1].stop()})
	}
	return end
}

// content follows what stands in a directive or a footnote: the rest of its first
// paragraph, options, and blocks.
func (s *scanner) content(i, end, first, inner int, kind Kind) {
	next := i + 1
	isOption := func(l line) bool { return option.MatchString(l.text[l.lead:]) }
	if first < len(s.lines[i].text) || kind == Line {
		for next < end && !s.lines[next].blank() && !isOption(s.lines[next]) {
			next++
		}
		s.add(kind, i, next, min(first, len(s.lines[i].text)), inner)
		s.runs[len(s.runs)-1].Directive = true
	}
	for next < end && !s.lines[next].blank() && isOption(s.lines[next]) {
		next++
	}
	s.body(next, end, -1, inner)
}
