// Package forge knows the addresses of the sites that host git repositories:
// which repository an address names, where a file or a commit is shown in a
// browser, and which sites are open to everybody.
//
// An [Address] comes from [Parse] alone, so whoever holds one holds a
// repository's https address without user, query or fragment.
package forge

// Kind is the software, and so the layout of addresses, of a site.
type Kind string

// The kinds of sites. Every kind but [Other] stands for one public site; a
// self-managed installation of the same software is [Other], because its
// layout cannot be told from its address.
const (
	GitHub    Kind = "github"    // github.com
	GitLab    Kind = "gitlab"    // gitlab.com
	Codeberg  Kind = "codeberg"  // codeberg.org, which runs Forgejo
	Bitbucket Kind = "bitbucket" // bitbucket.org
	Gist      Kind = "gist"      // gist.github.com
	Other     Kind = "other"     // any other host
)

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

// PublicHosts lists the sites whose repositories may be read unless somebody
// says otherwise: the well-known public forges.
func PublicHosts() []string {
	return []string{"github.com", "gist.github.com", "gitlab.com", "codeberg.org", "bitbucket.org"}
}

// Public says whether the address is on one of the [PublicHosts].
func (a Address) Public() bool { return a.Kind != Other && a.Kind != "" }

// kindOf returns the kind of the site at host.
func kindOf(host string) Kind {
	switch host {
	case "github.com":
		return GitHub
	case "gist.github.com":
		return Gist
	case "gitlab.com":
		return GitLab
	case "codeberg.org":
		return Codeberg
	case "bitbucket.org":
		return Bitbucket
	}
	return Other
}

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
