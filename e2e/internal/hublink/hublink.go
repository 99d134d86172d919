// Package hublink finds the links to hubs in HTML: a crawler that follows one
// starts a build.
package hublink

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Find lists the links to hubs in a page, or in a feed that holds pages in its
// texts, and of them those that crawlers are not asked to leave alone.
func Find(page string) (links, followed []string) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, []string{err.Error()}
	}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode && strings.Contains(n.Data, "</a>"):
			inner, left := Find(n.Data)
			links, followed = append(links, inner...), append(followed, left...)
		case n.Type == html.ElementNode && isHub(attribute(n, "href")):
			links = append(links, attribute(n, "href"))
			if !slices.Contains(strings.Fields(attribute(n, "rel")), "nofollow") {
				followed = append(followed, attribute(n, "href"))
			}
		}
	}
	return links, followed
}

// isHub tells by the path, in which hubs name the repository to launch.
func isHub(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.Contains(u.Path, "/v2/")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
