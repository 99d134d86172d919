// Package assets gives the Go side the asset files that Hugo reads from this
// folder.
package assets

import _ "embed"

// Tag is tag.json: how the tag is delimited and cut into pairs, and the table
// of its arguments with what each of them accepts.
//
//go:embed tag.json
var Tag []byte
