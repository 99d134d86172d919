package lock

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var commitHash = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// CardPath returns where, below a store's folder and with slashes, the card of
// a repository at a commit is kept: cards/<host>/<path>/<commit>.json. repo is
// the canonical address.
func CardPath(repo, commit string) (string, error) {
	u, err := url.Parse(repo)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("%q is not the address of a repository", repo)
	}
	if !commitHash.MatchString(commit) {
		return "", fmt.Errorf("%q is not the full hash of a commit", commit)
	}
	path := "cards/" + fileName(u.Host)
	for _, element := range strings.Split(strings.Trim(u.Path, "/"), "/") {
		path += "/" + fileName(element)
	}
	return path + "/" + commit + ".json", nil
}

// fileName makes one element of an address the name of a file on any system.
// Hugo passes over files whose names begin with a dot, so that one is escaped
// as well; with it go "." and "..".
func fileName(element string) string {
	var b strings.Builder
	for i := range len(element) {
		c := element[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '-' || c == '_' || c == '.' && i > 0 && i < len(element)-1
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() == 0 {
		return "%"
	}
	return b.String()
}
