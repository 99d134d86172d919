package forge

// IsHash says whether a text is a whole hash as git writes one: 40 lower-case
// hexadecimal digits of SHA-1, or 64 of SHA-256.
func IsHash(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
