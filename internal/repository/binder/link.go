package binder

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Link is a launch link, read as a hub reads it: the way back of [LaunchSpec]
// and [LaunchURL].
type Link struct {
	// Hub is its address without a final slash; it may stand under a base path.
	Hub string
	// Provider is the hub's name for it: "gh".
	Provider string
	// Repo that it launches; zero for a DOI or an id of an archive, and where
	// the link names none.
	Repo forge.Address
	// Ref is a branch, a tag or a commit, unescaped; empty where there is none.
	Ref string
	// Opens says what Target is, OpensNothing where the link names no place.
	Opens Opens
	// Target is what the session opens, unescaped: a urlpath as the link has it,
	// with its query, or the path of a file.
	Target string
	// Pull is the repository that nbgitpuller fetches into the session; nil
	// where it fetches none. Target is then what it opens afterwards.
	Pull *Pull
}

// Opens says how a launch link names what it opens.
type Opens string

// The parameters of launch links, those first that win.
const (
	OpensURL     Opens = "urlpath"
	OpensLab     Opens = "labpath"
	OpensFile    Opens = "filepath"
	OpensNothing Opens = ""
)

// Pull is what a link of nbgitpuller fetches.
type Pull struct {
	Repo   forge.Address // zero where it is no address
	Branch string
}

// IsCommit says whether a ref is a fixed commit.
func IsCommit(ref string) bool { return forge.IsHash(strings.ToLower(ref)) }

// archives are the providers of hubs that are told a DOI or an id, of which no
// forge is known.
var archives = []string{"zenodo", "figshare", "dataverse", "hydroshare", "ckan"}

// ParseLink reads a URL as a launch link, also as people write it: a branch with
// its slashes escaped, a urlpath with a "?" of its own, a namespace of GitLab and
// an address for git that are not escaped.
func ParseLink(text string) (Link, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return Link{}, false
	}
	base, rest, found := strings.Cut(u.EscapedPath(), "/v2/")
	provider, spec, _ := strings.Cut(rest, "/")
	form, elements, known := forge.HubForm(provider)
	if !found || spec == "" || !known && !slices.Contains(archives, provider) {
		return Link{}, false
	}
	l := Link{Hub: u.Scheme + "://" + u.Host + base, Provider: provider}
	if known {
		l.readSpec(form, elements, strings.TrimRight(spec, "/"))
	}
	l.readQuery(u.RawQuery)
	return l, true
}

// NeedsRef says whether a link is to a repository of a provider that takes no spec
// without a ref, and has none.
func (l *Link) NeedsRef() bool {
	form, elements, known := forge.HubForm(l.Provider)
	return known && l.Ref == "" && l.Repo.URL != "" && (form != forge.SpecPath || elements == 2) && l.Provider != gist
}

// gist is the provider whose refs may be left out.
const gist = "gist"

// HasAddress says whether a link has a whole address in the place of the owner and the
// name of a repository, as in /v2/gh/https://github.com/owner/name/main.
func HasAddress(text string) bool {
	_, rest, found := strings.Cut(text, "/v2/")
	provider, spec, _ := strings.Cut(rest, "/")
	form, _, _ := forge.HubForm(provider)
	return found && form == forge.SpecPath && wholeAddress.MatchString(spec)
}

var wholeAddress = regexp.MustCompile(`^(?i)https?:/`)

// WrongProvider returns what a link of mybinder.org's has behind a provider that it does
// not know.
func WrongProvider(text string) (provider, spec string, wrong bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() != mybinderHost && !slices.Contains(MyBinder().Members, u.Hostname()) {
		return "", "", false
	}
	rest, found := strings.CutPrefix(u.EscapedPath(), "/v2/")
	provider, spec, _ = strings.Cut(rest, "/")
	_, _, known := forge.HubForm(provider)
	return provider, unescape(spec), found && spec != "" && !known && !slices.Contains(archives, provider)
}

// mybinderHost is the host of the links that authors write.
const mybinderHost = "mybinder.org"

// readSpec reads what follows the provider.
func (l *Link) readSpec(form forge.Spec, elements int, spec string) {
	parts := strings.Split(spec, "/")
	first := parts[0]
	switch {
	case form == forge.SpecAddress && strings.HasSuffix(first, ":") && len(parts) > 3:
		// Not escaped: the ref is what stands last.
		last := len(parts) - 1
		l.Repo, l.Ref = gitAddress(unescape(strings.Join(parts[:last], "/"))), unescape(parts[last])
	case form == forge.SpecAddress:
		l.Repo, l.Ref = gitAddress(unescape(first)), unescape(strings.Join(parts[1:], "/"))
	case form == forge.SpecEscaped && strings.Contains(unescape(first), "/"):
		l.Repo, _ = forge.AtHub(l.Provider, unescape(first))
		l.Ref = unescape(strings.Join(parts[1:], "/"))
	case len(parts) >= elements:
		l.Repo, _ = forge.AtHub(l.Provider, unescape(strings.Join(parts[:elements], "/")))
		l.Ref = unescape(strings.Join(parts[elements:], "/"))
	}
}

// gitAddress is the address that is handed to git, zero where it is none.
func gitAddress(text string) forge.Address {
	a, _ := forge.Parse(text)
	return a
}

// readQuery reads what the session opens.
func (l *Link) readQuery(query string) {
	for _, name := range []Opens{OpensURL, OpensLab, OpensFile} {
		if value := parameter(query, string(name)); value != "" {
			l.Opens, l.Target = name, value
			break
		}
	}
	target, query, _ := strings.Cut(l.Target, "?")
	if l.Opens != OpensURL || strings.Trim(target, "/") != "git-pull" {
		return
	}
	l.Pull = &Pull{gitAddress(parameter(query, "repo")), parameter(query, "branch")}
	l.Opens, l.Target = OpensNothing, ""
	if inner := parameter(query, "urlpath"); inner != "" {
		l.Opens, l.Target = OpensURL, inner
	}
}

// parameter returns the first value of a parameter, as browsers read it: only
// "&" separates, and what is not escaped stays as it is.
func parameter(query, name string) string {
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if key != name {
			continue
		}
		if text, err := url.QueryUnescape(value); err == nil {
			return text
		}
		return value
	}
	return ""
}

// Retarget returns a launch link, as a text has it, with another urlpath, in the
// place of the parameter that says what it opens. It says false where there is none.
func Retarget(link, urlpath string) (string, bool) {
	before, query, _ := strings.Cut(link, "?")
	pairs := strings.Split(query, "&")
	for _, name := range []Opens{OpensURL, OpensLab, OpensFile} {
		for i, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			if strings.TrimPrefix(key, "amp;") != string(name) {
				continue
			}
			pairs[i] = strings.TrimSuffix(key, string(name)) + string(OpensURL) + "=" + url.QueryEscape(urlpath)
			if _, fragment, has := strings.Cut(value, "#"); has {
				pairs[i] += "#" + fragment
			}
			return before + "?" + strings.Join(pairs, "&"), true
		}
	}
	return link, false
}

// unescape unescapes a part of a path; what is escaped wrongly stays as it is.
func unescape(s string) string {
	if text, err := url.PathUnescape(s); err == nil {
		return text
	}
	return s
}

// Unescape unescapes the path of a urlpath, which the hub hands on as a part of an
// address: Jupyter's server unescapes what is escaped, and leaves the rest.
func Unescape(urlpath string) string {
	parts := strings.Split(urlpath, "%")
	for i, part := range parts[1:] {
		c, err := strconv.ParseUint(part[:min(len(part), 2)], 16, 8)
		if err != nil || len(part) < 2 {
			parts[i+1] = "%" + part
			continue
		}
		parts[i+1] = string([]byte{byte(c)}) + part[2:]
	}
	return strings.Join(parts, "")
}
