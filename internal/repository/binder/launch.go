package binder

import (
	"net/url"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// LaunchSpec returns the provider and the spec of a repository at a branch, tag
// or commit, as they stand in a launch link and in a hub's build stream:
// {hub}/v2/{provider}/{spec}. Both are empty where there is no address or no
// ref, as for a local folder.
//
// The table of providers says how each hub wants to be told. The provider "git"
// serves every host; the hub asks it with git ls-remote, so it gets the same
// address that was read here. Here and in [LaunchURL] is all that is escaped of
// a launch link; Hugo's partial launch.html does the same.
func LaunchSpec(a forge.Address, ref string) (provider, spec string) {
	if a.URL == "" || ref == "" {
		return "", ""
	}
	provider, form := a.HubSpec()
	switch form {
	case forge.SpecPath:
		spec = escapeElements(a.Path)
	case forge.SpecEscaped:
		spec = EscapeComponent(a.Path)
	default:
		spec = EscapeComponent(a.FetchURL())
	}
	return provider, spec + "/" + escapeElements(ref)
}

// LaunchURL returns the launch link of a hub, which may stand under a base
// path, for what [LaunchSpec] returns. The urlpath is where the app answers on
// the Jupyter server; without one the hub opens Jupyter itself. Of a page nobody
// knows here whether it is dark, so that {theme} is "light". There is no link where
// there is nothing to launch.
func LaunchURL(hub, provider, spec, urlpath string) string {
	if provider == "" || spec == "" {
		return ""
	}
	link := strings.TrimRight(hub, "/") + "/v2/" + provider + "/" + spec
	if urlpath == "" {
		return link
	}
	return link + "?urlpath=" + url.QueryEscape(strings.ReplaceAll(urlpath, "{theme}", "light"))
}

// escapeElements escapes each element of a path or of a ref: a hub's own slashes
// stay, and so do those of a branch.
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
