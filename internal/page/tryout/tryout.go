// Package tryout lets the command and its preview show a document in ways that no
// published page may: it is how they tell the goldmark extension.
package tryout

import "github.com/yuin/goldmark/parser"

// As is how a document is tried before it is published. The zero value is no
// trial.
type As struct {
	// Hub is the hub of all tags, whatever they say; empty for their own.
	Hub string
	// Loopback lets hubs be on the reader's own machine.
	Loopback bool
}

var key = parser.NewContextKey()

// Set makes the conversion with a context a trial.
func Set(pc parser.Context, t As) { pc.Set(key, t) }

// Of returns how the document of a context is tried.
func Of(pc parser.Context) As {
	t, _ := pc.Get(key).(As)
	return t
}
