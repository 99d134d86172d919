package hub

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// BuildRequest is what the hub is asked to build and launch.
type BuildRequest struct {
	// Provider is one of those that specParsers read.
	Provider string
	// Spec as it was asked, escapes included, without final slashes.
	Spec string
	// Repo is the repository's address: "https://github.com/demo/sine".
	Repo string
	// Ref is the branch, tag or commit; empty for a gist's newest revision.
	Ref string
	// Slug is a short name of the repository for the server's name.
	Slug string
	// LaunchHost is the hub's own address, with a final slash.
	LaunchHost string
	// ClientIP is where the request came from.
	ClientIP string

	// repoSpec is the spec without the ref.
	repoSpec string
}

// Resolved is the provider and spec of the request at a commit:
// "gh/demo/sine/COMMIT".
func (r BuildRequest) Resolved(commit string) string {
	return r.Provider + "/" + r.repoSpec + "/" + commit
}

// Key names what is built, as BinderHub's messages do: "gh:demo/sine/HEAD".
func (r BuildRequest) Key() string { return r.Provider + ":" + r.Spec }

// specParsers fill in what a provider's spec says, or report in BinderHub's
// words what is wrong with it. Where the provider's repositories are, the table
// of package forge knows; how a hub reads a spec is its own affair.
var specParsers = map[string]func(*BuildRequest) error{
	"gh":   parseGitHub,
	"gist": parseGist,
	"gl":   parseGitLab,
	"git":  parseGit,
}

// parseSpec reads the rest of a /build/ or /v2/ path.
func parseSpec(provider, spec string) (BuildRequest, error) {
	parse, ok := specParsers[provider]
	if !ok {
		return BuildRequest{}, specError("No provider found for prefix " + provider)
	}
	req := BuildRequest{Provider: provider, Spec: strings.TrimRight(spec, "/")}
	err := parse(&req)
	return req, err
}

// Repository returns the address of the repository that a hub is asked for.
func Repository(provider, spec string) (string, error) {
	req, err := parseSpec(provider, spec)
	return req.Repo, err
}

// LaunchLink matches a launch link of any hub: the submatch is what follows the hub's
// own address.
var LaunchLink = regexp.MustCompile(`^https?://[^?#]*?(/v2/(?:` + strings.Join(slices.Sorted(maps.Keys(specParsers)), "|") + `)/.*)$`)

func parseGitHub(r *BuildRequest) error {
	parts := strings.SplitN(r.Spec, "/", 3)
	if len(parts) != 3 {
		message := fmt.Sprintf("Spec is not of the form \"user/repo/ref\", provided: \"%s\".", r.Spec)
		if last := parts[len(parts)-1]; len(parts) == 2 && !slices.Contains([]string{"main", "master", "HEAD"}, last) {
			message += fmt.Sprintf(" Did you mean \"%s/HEAD\"?", r.Spec)
		}
		return specError(message)
	}
	name := strings.TrimSuffix(parts[1], ".git")
	r.Repo = r.at(parts[0] + "/" + name)
	r.Ref = parts[2]
	r.repoSpec = parts[0] + "/" + parts[1]
	r.Slug = parts[0] + "-" + name
	return nil
}

func parseGist(r *BuildRequest) error {
	parts := strings.SplitN(r.Spec, "/", 3)
	if len(parts) < 2 {
		return specError("not enough values to unpack (expected at least 2, got 1)")
	}
	r.Repo = r.at(parts[0] + "/" + parts[1])
	if len(parts) == 3 {
		r.Ref = parts[2]
	}
	r.repoSpec = parts[0] + "/" + parts[1]
	r.Slug = parts[1]
	return nil
}

func parseGitLab(r *BuildRequest) error {
	path, ref, err := r.cutEscaped()
	if err != nil {
		return err
	}
	if ref == "" {
		return specError("An unresolved ref is required")
	}
	r.Repo, r.Ref, r.Slug = r.at(path), ref, path
	return nil
}

func parseGit(r *BuildRequest) error {
	address, ref, err := r.cutEscaped()
	if err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil || !slices.Contains([]string{"http", "https", "git", "ssh"}, u.Scheme) {
		scheme, _, _ := strings.Cut(address, ":")
		return specError(fmt.Sprintf("Unsupported git url %s, protocol %s not in http, https, git, ssh", address, scheme))
	}
	if ref == "" {
		return specError("`unresolved_ref` must be specified in the url for the basic git provider")
	}
	r.Repo, r.Ref, r.Slug = address, ref, strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
	return nil
}

// at returns the address of a path on the provider's site.
func (r *BuildRequest) at(path string) string {
	return "https://" + forge.HubHost(r.Provider) + "/" + path
}

// cutEscaped cuts a spec "escaped/ref" at its first slash and unescapes both
// parts.
func (r *BuildRequest) cutEscaped() (first, ref string, err error) {
	var found bool
	r.repoSpec, ref, found = strings.Cut(r.Spec, "/")
	if !found {
		return "", "", specError("not enough values to unpack (expected 2, got 1)")
	}
	if first, err = url.PathUnescape(r.repoSpec); err != nil {
		return "", "", specError(err.Error())
	}
	if ref, err = url.PathUnescape(ref); err != nil {
		return "", "", specError(err.Error())
	}
	return first, ref, nil
}

// specError is a message for the stream, in BinderHub's words.
type specError string

func (e specError) Error() string { return string(e) }
