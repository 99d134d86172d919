package preview

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// embedDirectives are the directives of a Content-Security-Policy that an embed
// needs, each with those that hold where it is not there.
var embedDirectives = [][]string{
	{"connect-src", "default-src"},
	{"frame-src", "child-src", "default-src"},
}

// policies are a site's own, which do not know the preview's hub.
type policies struct {
	// hub is the origin of the preview's.
	hub string
	// say is told what the author should know; it may be nil.
	say  func(string)
	said sync.Map
}

// letHub puts the preview's hub beside the one of the published pages into a
// site's policies. A policy that does not let those reach theirs stays as it is,
// and the author is told.
func (p *policies) letHub(policies []string, published string) []string {
	var out []string
	for _, policy := range policies {
		changed, missing := allowHub(policy, published, p.hub)
		out = append(out, changed)
		for _, directive := range missing {
			text := fmt.Sprintf("the site's Content-Security-Policy keeps embeds from running: %s has no %s", directive, published)
			if _, again := p.said.LoadOrStore(text, true); !again && p.say != nil {
				p.say(text)
			}
		}
	}
	return out
}

// letHubInAnswer does the same for those in the header of an answer.
func (p *policies) letHubInAnswer(r *http.Response, published string) {
	if policies := r.Header["Content-Security-Policy"]; policies != nil {
		r.Header["Content-Security-Policy"] = p.letHub(policies, published)
	}
}

var (
	metaPolicy  = regexp.MustCompile(`(?i)<meta\s[^>]*http-equiv\s*=\s*["']?content-security-policy["']?[^>]*>`)
	metaContent = regexp.MustCompile(`(?i)(\scontent\s*=\s*)("[^"]*"|'[^']*')`)
)

// letHubInMeta does the same for policies in a page's head.
func (p *policies) letHubInMeta(page []byte, published string) []byte {
	return metaPolicy.ReplaceAllFunc(page, func(meta []byte) []byte {
		return metaContent.ReplaceAllFunc(meta, func(content []byte) []byte {
			m := metaContent.FindSubmatch(content)
			policy := html.UnescapeString(string(m[2][1 : len(m[2])-1]))
			return fmt.Appendf(nil, `%s"%s"`, m[1], html.EscapeString(p.letHub([]string{policy}, published)[0]))
		})
	})
}

// allowHub adds the origin hub to a policy where that lets embeds use the hub
// published. It returns the directives that do not.
func allowHub(policy, published, hub string) (changed string, missing []string) {
	directives := map[string][]string{}
	var order []string
	for part := range strings.SplitSeq(policy, ";") {
		fields := strings.Fields(part)
		if len(fields) == 0 || directives[strings.ToLower(fields[0])] != nil {
			continue // of two, the first holds
		}
		name := strings.ToLower(fields[0])
		directives[name] = fields
		order = append(order, name)
	}
	for _, names := range embedDirectives {
		at := slices.IndexFunc(names, func(name string) bool { return directives[name] != nil })
		if at < 0 {
			continue // nothing is said, so all is allowed
		}
		sources := directives[names[at]][1:]
		if !permits(sources, published) {
			missing = append(missing, names[at])
			continue
		}
		if at > 0 {
			order = append(order, names[0])
		}
		directives[names[0]] = append(append([]string{names[0]}, sources...), hub)
	}
	parts := make([]string, len(order))
	for i, name := range order {
		parts[i] = strings.Join(directives[name], " ")
	}
	return strings.Join(parts, "; "), missing
}

// permits reports whether a list of sources has an address. Paths and ports of
// sources are not looked at.
func permits(sources []string, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(sources, func(source string) bool {
		source = strings.ToLower(source)
		if source == "*" || source == u.Scheme+":" {
			return true
		}
		scheme, rest, ok := strings.Cut(source, "://")
		if !ok {
			scheme, rest = u.Scheme, source
		}
		host, _, _ := strings.Cut(rest, "/")
		host, _, _ = strings.Cut(host, ":")
		if suffix, wild := strings.CutPrefix(host, "*"); wild {
			return scheme == u.Scheme && strings.HasSuffix(u.Hostname(), suffix)
		}
		return scheme == u.Scheme && host == u.Hostname()
	})
}
