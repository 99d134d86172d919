package forge

import "regexp"

var hash = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// IsHash says whether a text is a whole hash as git writes one: 40 lower-case
// hexadecimal digits of SHA-1, or 64 of SHA-256.
func IsHash(s string) bool { return hash.MatchString(s) }
