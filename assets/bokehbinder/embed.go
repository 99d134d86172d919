// Package assets gives the rest of this module the tables that Hugo reads from this
// folder. It is not for other programs: it changes with any version.
package assets

import (
	"bytes"
	_ "embed"
)

var (
	//go:embed tag.json
	tag []byte
	//go:embed providers.json
	providers []byte
	//go:embed doors.json
	doors []byte
	//go:embed mybinder.json
	myBinder []byte
	//go:embed readme.txt
	readme []byte
)

// Tag is tag.json: how the tag is delimited and cut into pairs, and the table
// of its arguments with what each of them accepts.
func Tag() []byte { return bytes.Clone(tag) }

// Providers is providers.json: the sites that host repositories, with the form
// of their addresses, of their links, and of their names for a hub.
func Providers() []byte { return bytes.Clone(providers) }

// Doors is doors.json: what all doors say in the same words, the version of the
// cards that they read, and how long a page waits.
func Doors() []byte { return bytes.Clone(doors) }

// MyBinder is mybinder.json: what mybinder.org gives its readers, and what it does not.
func MyBinder() []byte { return bytes.Clone(myBinder) }

// Readme is readme.txt, which lies beside the cards of a site.
func Readme() []byte { return bytes.Clone(readme) }
