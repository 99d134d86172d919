// Package schema has the JSON Schema of what is written as JSON: cards, and the
// files that keep them for a site.
package schema

import _ "embed"

//go:embed schema.json
var text []byte

// Text is the schema, with a final line break.
func Text() []byte { return text }
