// Package remark gathers what is worth telling an author about a post while
// goldmark parses it: each remark has the byte offset in the parsed source that
// it is about. Parsers add to the context of their document; whoever parses
// reads them afterwards.
package remark

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/yuin/goldmark/parser"
)

// Remark is one thing worth telling the author.
type Remark struct {
	// Offset in the source that was parsed.
	Offset int
	// Message in lower case without a full stop.
	Message string
}

var key = parser.NewContextKey()

// Add adds a remark. The same remark a second time changes nothing: parsers
// try some places more than once.
func Add(pc parser.Context, offset int, format string, args ...any) {
	known := pc.ComputeIfAbsent(key, func() any { return map[Remark]bool{} }).(map[Remark]bool)
	known[Remark{Offset: offset, Message: fmt.Sprintf(format, args...)}] = true
}

// All returns the remarks in the order of their offsets.
func All(pc parser.Context) []Remark {
	known, _ := pc.Get(key).(map[Remark]bool)
	all := make([]Remark, 0, len(known))
	for r := range known {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Remark) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Message, b.Message))
	})
	return all
}
