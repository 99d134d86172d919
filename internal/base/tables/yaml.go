package tables

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// MaxCompared bounds how many keys of YAML the decoder compares with one another: each
// of a mapping with all before it, again for each alias. It allows 2,000 keys in one
// mapping; 100,000 took minutes.
const MaxCompared = 4 << 20

// maxNesting is how deep a mapping may stand in others and in aliases of them.
const maxNesting = 1000

// DecodeYAML decodes what a node says into what v points to. A node over a limit is a
// *[LimitError], with its line; all else is the YAML package's.
func DecodeYAML(node *yaml.Node, v any) error {
	m := measurer{left: MaxCompared}
	m.visit(node, 0)
	if m.over != nil {
		return &LimitError{Line: m.over.Line, Why: m.why}
	}
	return node.Decode(v)
}

// measurer looks through nodes as the decoder would.
type measurer struct {
	left int
	over *yaml.Node // the one with which it went over a limit
	why  string
}

func (m *measurer) visit(node *yaml.Node, depth int) {
	keys := 1
	if node.Kind == yaml.MappingNode {
		keys += len(node.Content) / 2
	}
	m.left -= keys * keys
	switch {
	case m.over != nil:
		return
	case m.left < 0:
		m.over, m.why = node, "it has too many keys"
		return
	case depth > maxNesting:
		m.over, m.why = node, fmt.Sprintf("it nests more than %d deep", maxNesting)
		return
	case node.Kind == yaml.AliasNode:
		m.visit(node.Alias, depth+1)
	}
	for _, n := range node.Content {
		m.visit(n, depth+1)
	}
}
