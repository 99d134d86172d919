package binder

import (
	"net/url"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/forge"
)

// LaunchSpec returns the provider and the spec of a repository at a commit, as
// they stand in a launch link and in a hub's build stream:
// {hub}/v2/{provider}/{spec}. Both are empty where there is no address or no
// commit, as for a local folder.
//
// The provider "git" serves every host; the hub asks it with git ls-remote, so
// it gets the same address that was read here. The other providers are those
// of the public sites, since that is what hubs have them set up for. A gist
// whose owner is not known has no spec of its own kind.
func LaunchSpec(a forge.Address, commit string) (provider, spec string) {
	if a.URL == "" || commit == "" {
		return "", ""
	}
	switch {
	case a.Kind == forge.GitHub:
		return "gh", escapeElements(a.Path) + "/" + commit
	case a.Kind == forge.GitLab:
		return "gl", EscapeComponent(a.Path) + "/" + commit
	case a.Kind == forge.Gist && strings.Contains(a.Path, "/"):
		return "gist", escapeElements(a.Path) + "/" + commit
	}
	return "git", EscapeComponent(a.FetchURL()) + "/" + commit
}

// LaunchURL returns the launch link of a hub, which may stand under a base
// path, for what [LaunchSpec] returns. The urlpath is where the app answers on
// the Jupyter server; without one the hub opens Jupyter itself.
func LaunchURL(hub, provider, spec, urlpath string) string {
	link := strings.TrimRight(hub, "/") + "/v2/" + provider + "/" + spec
	if urlpath == "" {
		return link
	}
	return link + "?urlpath=" + url.QueryEscape(urlpath)
}

// escapeElements escapes each element of a path.
func escapeElements(path string) string {
	elements := strings.Split(path, "/")
	for i, e := range elements {
		elements[i] = EscapeComponent(e)
	}
	return strings.Join(elements, "/")
}

// EscapeComponent escapes as JavaScript's encodeURIComponent does, which is
// what hubs expect in a spec.
func EscapeComponent(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.!~*'()", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
