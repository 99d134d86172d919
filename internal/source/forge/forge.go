// Package forge knows the addresses of the sites that host git repositories:
// which repository an address names, where a file or a commit is shown in a
// browser, and which sites are open to everybody. What it knows of sites is a
// table, assets/bokehbinder/providers.json, which Hugo's templates read as well.
//
// An [Address] comes from [Parse] alone, so whoever holds one holds a
// repository's https address without user, query or fragment.
package forge

// Kind names a provider as the table does, such as "github".
type Kind string

// Other is the kind of every host that is not in the table. A self-managed
// installation of a known site's software is one, because its layout cannot be
// told from its address.
const Other Kind = "other"

// Address names one repository.
type Address struct {
	// URL as a browser opens it: https (http only for a loopback host), the
	// host in lower case, no final slash, and on known sites no final ".git".
	// On other hosts ".git" stays as written, since only their server knows
	// whether it belongs to the name.
	URL string
	// Host in lower case, with its port if it is not the scheme's own.
	Host string
	// Path below the host, unescaped and without slashes around it:
	// "owner/name", "group/sub/name", or for a gist "owner/id" or "id".
	Path string
	Kind Kind
}

// Public says whether the address is on one of the [PublicHosts].
func (a Address) Public() bool { return a.Kind != Other && a.Kind != "" }

// Error says why a text is not the address of a repository.
type Error struct {
	// Address is the text.
	Address string
	// Message is in lower case and without a full stop.
	Message string
	// Hint says what is valid, or what was probably meant.
	Hint string
}

// Error returns the message and the hint.
func (e *Error) Error() string { return e.Message + "; " + e.Hint }
