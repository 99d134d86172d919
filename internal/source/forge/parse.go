package forge

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// maxLength of an address in bytes, far above what any site gives out.
const maxLength = 1000

const (
	hintForms = "write an https address such as https://github.com/owner/name, or owner/name for a repository on GitHub"
	hintHTTPS = "only https addresses are read"
)

var (
	// scpForm is ssh's short form: user@host:path.
	scpForm = regexp.MustCompile(`^(?:[A-Za-z0-9_.-]+@)([A-Za-z0-9.-]+):([^:]+)$`)
	// hostName is a DNS name or an IPv4 address.
	hostName = regexp.MustCompile(`^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$`)
)

// Parse reads the address of a repository: an https URL, or owner/name for a
// repository on GitHub. A final slash, a final ".git" and GitHub's "www." are
// dropped. http is taken only for a loopback host. The error is an *[Error].
func Parse(s string) (Address, error) {
	a, err := parse(s)
	if err != nil {
		err.Address = s
		return Address{}, err
	}
	return a, nil
}

func parse(s string) (Address, *Error) {
	if s == "" {
		return Address{}, &Error{Message: "the address of the repository is empty", Hint: hintForms}
	}
	if len(s) > maxLength {
		return Address{}, &Error{Message: fmt.Sprintf("the address is longer than %d bytes", maxLength), Hint: hintForms}
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '\\' || s[i] == '"' || s[i] == '<' || s[i] == '>' {
			return Address{}, &Error{Message: fmt.Sprintf("the address has a character that no address has: %q", badRune(s[i:])),
				Hint: "escape it as % and two hexadecimal digits, a host name as punycode"}
		}
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return parseShort(s)
	}
	switch strings.ToLower(scheme) {
	case "https", "http":
		return parseURL(s)
	case "ssh", "git", "git+ssh", "git+https", "ssh+git":
		return Address{}, &Error{Message: fmt.Sprintf("addresses with %s: are not read", scheme), Hint: suggestHTTPS(rest)}
	}
	return Address{}, &Error{Message: fmt.Sprintf("addresses with %q are not read", scheme+":"), Hint: hintForms}
}

// badRune returns the first character of s for a message.
func badRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return s
}

// parseShort reads what is not a URL: owner/name, or one of the forms that are
// refused with a hint.
func parseShort(s string) (Address, *Error) {
	if m := scpForm.FindStringSubmatch(s); m != nil {
		return Address{}, &Error{Message: "ssh addresses are not read", Hint: suggestHTTPS(m[1] + "/" + m[2])}
	}
	if strings.ContainsAny(s, "?#@:") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, ".") || strings.HasPrefix(s, "~") {
		return Address{}, &Error{Message: fmt.Sprintf("%q is not the address of a repository", s), Hint: hintForms}
	}
	elements := strings.Split(strings.TrimSuffix(s, "/"), "/")
	if strings.Contains(elements[0], ".") && len(elements) > 1 {
		return Address{}, &Error{Message: fmt.Sprintf("%q has no https://", s), Hint: suggestHTTPS(s)}
	}
	if len(elements) != 2 {
		return Address{}, &Error{Message: fmt.Sprintf("%q is not the address of a repository", s), Hint: hintForms}
	}
	return providers().Providers[0].address(elements)
}

// suggestHTTPS returns a hint with the https form of an address without its
// scheme, if that form is valid.
func suggestHTTPS(rest string) string {
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	a, err := parseURL("https://" + strings.TrimLeft(rest, "/"))
	if err != nil {
		return hintHTTPS + ": " + hintForms
	}
	return "write " + a.URL
}

// parseURL reads an http or https URL.
func parseURL(s string) (Address, *Error) {
	u, err := url.Parse(s)
	if err != nil {
		return Address{}, &Error{Message: fmt.Sprintf("%q is not a valid URL", s), Hint: hintForms}
	}
	if u.User != nil {
		return Address{}, &Error{Message: "the address holds a user name or a password",
			Hint: "leave it out: git's credential helpers know who may read the repository"}
	}
	if e := checkTail(s); e != nil {
		return Address{}, e
	}
	host, e := canonicalHost(u)
	if e != nil {
		return Address{}, e
	}
	elements, e := pathElements(u)
	if e != nil {
		return Address{}, e
	}
	p := at(host)
	if p == nil {
		path := strings.Join(elements, "/")
		return Address{URL: u.Scheme + "://" + host + "/" + escapePath(path), Host: host, Path: path, Kind: Other}, nil
	}
	return p.address(elements)
}

// address returns the address of a repository on the provider's site.
func (p *provider) address(elements []string) (Address, *Error) {
	last := len(elements) - 1
	elements[last] = strings.TrimSuffix(elements[last], ".git")
	if e := p.check(elements); e != nil {
		return Address{}, e
	}
	path := strings.Join(elements, "/")
	return Address{URL: "https://" + p.Hosts[0] + "/" + escapePath(path), Host: p.Hosts[0], Path: path, Kind: p.Kind}, nil
}

// checkTail refuses a query and a fragment, also empty ones.
func checkTail(s string) *Error {
	i := strings.IndexAny(s, "?#")
	if i < 0 {
		return nil
	}
	what := "a query (? and what follows)"
	if s[i] == '#' {
		what = "a fragment (# and what follows)"
	}
	return &Error{Message: "the address has " + what, Hint: "leave it out: write " + s[:i]}
}

// canonicalHost returns the URL's host in lower case, without the scheme's own
// port.
func canonicalHost(u *url.URL) (string, *Error) {
	name, port := strings.ToLower(u.Hostname()), u.Port()
	if name == "" {
		return "", &Error{Message: "the address names no host", Hint: hintForms}
	}
	ip := net.ParseIP(name)
	if ip == nil && !hostName.MatchString(name) || ip != nil && strings.Contains(name, ":") != strings.HasPrefix(u.Host, "[") {
		return "", &Error{Message: fmt.Sprintf("%q is not the name of a host", u.Host), Hint: hintForms}
	}
	if u.Scheme == "http" && !(ip != nil && ip.IsLoopback() || name == "localhost") {
		return "", &Error{Message: "http addresses are not read", Hint: "write https:// instead of http://"}
	}
	if port != "" && !validPort(port) {
		return "", &Error{Message: fmt.Sprintf("%q is not a port", port), Hint: hintForms}
	}
	if strings.HasSuffix(u.Host, ":") {
		return "", &Error{Message: fmt.Sprintf("%q has a colon but no port", u.Host), Hint: hintForms}
	}
	host := name
	if strings.Contains(name, ":") {
		host = "[" + name + "]"
	}
	if port != "" && !(u.Scheme == "https" && port == "443") && !(u.Scheme == "http" && port == "80") {
		host += ":" + port
	}
	if p := at(host); p != nil {
		host = p.Hosts[0]
	}
	return host, nil
}

// validPort says whether a port is written as a number from 1 to 65535
// without leading zeros.
func validPort(port string) bool {
	n := 0
	for _, c := range port {
		if c < '0' || c > '9' {
			return false
		}
		if n = n*10 + int(c-'0'); n > 65535 {
			return false
		}
	}
	return n > 0 && port[0] != '0'
}

// pathElements returns the unescaped elements of the URL's path.
func pathElements(u *url.URL) ([]string, *Error) {
	path := strings.TrimSuffix(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	if path == "" {
		return nil, &Error{Message: providers().Messages.None, Hint: hintForms}
	}
	elements := strings.Split(path, "/")
	for i, e := range elements {
		name, err := url.PathUnescape(e)
		if err != nil || name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\") || hasControl(name) {
			return nil, &Error{Message: fmt.Sprintf("%q is not the path of a repository", "/"+path), Hint: hintForms}
		}
		elements[i] = name
	}
	return elements, nil
}

// hasControl says whether s has a byte below space, or DEL.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}
