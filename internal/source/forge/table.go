package forge

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	assets "github.com/bokehbinder/bokehbinder/assets/bokehbinder"
)

// Spec is the form in which a hub is told which repository it is.
type Spec string

// The forms of specs.
const (
	SpecPath    Spec = "path"    // the path, each element escaped
	SpecEscaped Spec = "escaped" // the whole path escaped, its slashes as well
	SpecAddress Spec = "address" // the address for git, escaped
)

// provider is a row of the table: what is known of one public site.
type provider struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	// Hosts are its names, the one that addresses have first.
	Hosts []string `json:"hosts"`
	// Example is what follows the host.
	Example string `json:"example"`
	// Min and Max are how many elements a repository's path has. With less than
	// Full, there are neither links nor a spec of the provider's own.
	Min  int `json:"min"`
	Full int `json:"full"`
	Max  int `json:"max"`
	// End is an element that no repository has, before those of a page.
	End string `json:"end"`
	// First matches the first element, if there are several, Rest the others.
	// Old accounts break some of today's rules (two hyphens in a row, a hyphen
	// at the end), so only characters and lengths are checked.
	First *regexp.Regexp `json:"first"`
	Rest  *regexp.Regexp `json:"rest"`
	// Pages match the rest of a page's address that ends with a ref, which is
	// their group. A branch's name may hold slashes, so that no other address
	// shows for certain what the ref is.
	Pages []*regexp.Regexp `json:"pages"`
	// Commit and File are the pages of a commit and of a file at one: {url} of
	// the repository, {commit}, the file's {path}, or its {slug}.
	Commit string `json:"commit"`
	File   string `json:"file"`
	// Line and Lines are a file's source at a line and at several, {first} to
	// {last}, also of files that the site has another view of.
	Line  string `json:"line"`
	Lines string `json:"lines"`
	// Prefix is a hub's name for the provider, and Spec how it is told the rest.
	Prefix string `json:"prefix"`
	Spec   Spec   `json:"spec"`
}

// table is providers.json.
type table struct {
	Messages struct {
		None       string `json:"none"`
		Page       string `json:"page"`
		Name       string `json:"name"`
		Write      string `json:"write"`
		Repository string `json:"repository"`
		Ref        string `json:"ref"`
		NoRef      string `json:"noRef"`
	} `json:"messages"`
	// Other is how hubs are told of repositories on any other host.
	Other struct {
		Prefix string `json:"prefix"`
		Spec   Spec   `json:"spec"`
	} `json:"other"`
	// Providers of which the first is that of the short form owner/name.
	Providers []*provider `json:"providers"`
}

// providers returns the table, which is decoded when it is first wanted.
var providers = sync.OnceValue(func() *table {
	dec := json.NewDecoder(bytes.NewReader(assets.Providers()))
	dec.DisallowUnknownFields()
	t := new(table)
	if err := dec.Decode(t); err != nil {
		panic("providers.json: " + err.Error())
	}
	return t
})

// find returns the first row that is as wanted, nil if none is.
func find(wanted func(*provider) bool) *provider {
	rows := providers().Providers
	if i := slices.IndexFunc(rows, wanted); i >= 0 {
		return rows[i]
	}
	return nil
}

// at returns the provider at a host.
func at(host string) *provider {
	return find(func(p *provider) bool { return slices.Contains(p.Hosts, host) })
}

// provider returns the address's row, nil for any other host.
func (a Address) provider() *provider {
	return find(func(p *provider) bool { return p.Kind == a.Kind })
}

// isFull says whether a path is long enough for links and a spec of its own.
func (p *provider) isFull(path string) bool {
	return p != nil && strings.Count(path, "/")+1 >= p.Full
}

// HubSpec returns the prefix by which a hub knows the provider, and how it is told
// the rest.
func (a Address) HubSpec() (prefix string, spec Spec) {
	if p := a.provider(); p.isFull(a.Path) {
		return p.Prefix, p.Spec
	}
	return providers().Other.Prefix, providers().Other.Spec
}

// HubHost returns the host of the provider that a hub knows by a prefix and that
// it is told the path of, "" if there is none.
func HubHost(prefix string) string {
	if p := find(func(p *provider) bool { return p.Prefix == prefix && p.Spec != SpecAddress }); p != nil {
		return p.Hosts[0]
	}
	return ""
}

// PublicHosts lists the sites whose repositories may be read unless somebody
// says otherwise: the well-known public forges.
func PublicHosts() []string {
	var hosts []string
	for _, p := range providers().Providers {
		hosts = append(hosts, p.Hosts[0])
	}
	return hosts
}

// HubForm returns in which form a hub is told of the repositories of a provider
// that it knows by a prefix, and how many elements their paths have in that form.
func HubForm(prefix string) (form Spec, elements int, known bool) {
	if p := find(func(p *provider) bool { return p.Prefix == prefix }); p != nil {
		return p.Spec, p.Full, true
	}
	other := providers().Other
	return other.Spec, 0, prefix == other.Prefix
}

// AtHub returns the repository at a path, unescaped, of the provider that a hub
// knows by a prefix. It is the way back of [Address.Hub] where the hub is told
// the path; the error is an *[Error].
func AtHub(prefix, path string) (Address, error) {
	p := find(func(p *provider) bool { return p.Prefix == prefix && p.Spec != SpecAddress })
	if p == nil {
		return Address{}, &Error{Address: path, Message: providers().Messages.None, Hint: hintForms}
	}
	a, err := p.address(strings.Split(path, "/"))
	if err != nil {
		err.Address = path
		return Address{}, err
	}
	return a, nil
}

// Same says whether two addresses are of one repository: upper and lower case
// are alike on the known sites, and so is a final ".git" elsewhere.
func (a Address) Same(b Address) bool {
	if a.URL == "" || a.Kind != b.Kind || !strings.EqualFold(a.Host, b.Host) {
		return false
	}
	if a.Kind == Other {
		return strings.TrimSuffix(a.Path, ".git") == strings.TrimSuffix(b.Path, ".git")
	}
	return strings.EqualFold(a.Path, b.Path)
}
