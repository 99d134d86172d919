package repository

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Regions are marked by comments, which are written as the editors that fold them
// know them: "# region", "#region", "//#region", "/* #region */", "<!-- #region -->",
// "-- #region", "#pragma region". What follows is the name.
const comment = `(?i)^[ \t]*(?:#|//+|/\*+|<!--|--+|;+|%+|::|\{[-#]|\(\*|rem[ \t])[ \t]*#?(?:pragma[ \t]+)?[ \t]*`

var (
	regionBegin = regexp.MustCompile(comment + `region(?:[ \t:]+(.*))?$`)
	regionEnd   = regexp.MustCompile(comment + `end[ \t]?region(?:[ \t:]+(.*))?$`)
	commentEnd  = regexp.MustCompile(`(?:^|[ \t])(?:\*+/|-->|\*\)|[-#]\})[ \t]*$`)
)

// regionName returns the name that follows a mark, and whether the line is one.
func regionName(mark *regexp.Regexp, line string) (string, bool) {
	m := mark.FindStringSubmatch(strings.TrimRight(line, "\n"))
	if m == nil {
		return "", false
	}
	return strings.Trim(commentEnd.ReplaceAllString(m[1], ""), " \t\""), true
}

// maxRegions is how many regions may be in one another.
const maxRegions = 100

// regions returns what is between the marks of regions that have a name and an end.
func regions(lines []string) []named {
	var open, out []named
	for i, line := range lines {
		if name, ok := regionName(regionBegin, line); ok && len(open) < maxRegions {
			open = append(open, named{name: name, span: span{i + 2, 0}, region: true})
		} else if name, ok := regionName(regionEnd, line); ok && len(open) > 0 {
			at := ended(open, name)
			if r := open[at]; r.name != "" && r.first <= i {
				r.last = i
				out = append(out, r)
			}
			open = open[:at]
		}
	}
	slices.SortStableFunc(out, func(a, b named) int { return cmp.Compare(a.first, b.first) })
	return out
}

// ended returns which of the open regions a mark ends: the innermost of its name, or
// the innermost of all where the mark has none, or another text.
func ended(open []named, name string) int {
	for at := len(open) - 1; at >= 0 && name != ""; at-- {
		if open[at].name == name {
			return at
		}
	}
	return len(open) - 1
}

// maxName bounds a name in bytes: that of a function has those around it before it.
const maxName = 500

// definitions returns the functions and classes of a Python file of so many lines,
// with what is in them as Class.method, in whatever blocks they are.
func definitions(text string, lines int) []named {
	var out []named
	var walk func(scope string, stmts []python.Stmt)
	define := func(scope, name string, at python.Span, body []python.Stmt) {
		if name = scope + name; len(name) <= maxName && at.First <= lines {
			out = append(out, named{name: name, span: span{at.First, min(at.Last, lines)}})
			walk(name+".", body)
		}
	}
	walk = func(scope string, stmts []python.Stmt) {
		for _, s := range stmts {
			switch s := s.(type) {
			case *python.Def:
				define(scope, s.Name, s.Span, s.Body)
			case *python.Class:
				define(scope, s.Name, s.Span, s.Body)
			case *python.Block:
				for _, c := range s.Clauses {
					walk(scope, c.Body)
				}
			}
		}
	}
	walk("", python.Parse(text))
	return out
}
