package preview

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// embedDirectives are the directives of a Content-Security-Policy that an embed
// needs, each with those that hold where it is not there.
var embedDirectives = [][]string{
	{"connect-src", "default-src"},
	{"frame-src", "child-src", "default-src"},
}

// letHub puts the preview's hub beside the one of the published pages into the
// site's policies. A policy that does not let those reach theirs stays as it is,
// and the author is told.
func (s *Site) letHub(policies []string) []string {
	published := tag.Hubs(s.Site.Params.Hubs)[0]
	var out []string
	for _, policy := range policies {
		changed, missing := allowHub(policy, published, s.hub)
		out = append(out, changed)
		for _, directive := range missing {
			text := fmt.Sprintf("the site's Content-Security-Policy keeps embeds from running: %s has no %s", directive, published)
			if _, again := s.said.LoadOrStore(text, true); !again && s.Say != nil {
				s.Say(text)
			}
		}
	}
	return out
}

var (
	metaPolicy  = regexp.MustCompile(`(?i)<meta\s[^>]*http-equiv\s*=\s*["']?content-security-policy["']?[^>]*>`)
	metaContent = regexp.MustCompile(`(?i)(\scontent\s*=\s*)("[^"]*"|'[^']*')`)
)

// letHubInMeta does the same for policies in a page's head.
func (s *Site) letHubInMeta(page []byte) []byte {
	return metaPolicy.ReplaceAllFunc(page, func(meta []byte) []byte {
		return metaContent.ReplaceAllFunc(meta, func(content []byte) []byte {
			m := metaContent.FindSubmatch(content)
			policy := html.UnescapeString(string(m[2][1 : len(m[2])-1]))
			return fmt.Appendf(nil, `%s"%s"`, m[1], html.EscapeString(s.letHub([]string{policy})[0]))
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
