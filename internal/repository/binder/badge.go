package binder

import (
	"html"
	"slices"
	"strings"
)

// badgeText is what a badge says where it cannot be seen.
const badgeText = "Launch on Binder"

type badge struct {
	format string
	write  func(image, launch string) string
}

// badges are the forms of a badge, by the markup that it is for. A launch link's
// characters are those of an address, with parentheses, apostrophes and stars of a
// branch among them; the forms are those in which these mean nothing.
var badges = []badge{
	{"markdown", markdownBadge},
	{"rst", func(image, launch string) string {
		return ".. image:: " + image + "\n   :target: " + launch + "\n   :alt: " + badgeText
	}},
	{"html", func(image, launch string) string {
		return `<a href="` + html.EscapeString(launch) + `" rel="nofollow"><img src="` + html.EscapeString(image) + `" alt="` + badgeText + `"></a>`
	}},
	// A block: in a line, AsciiDoc would look for emphasis in the address.
	{"asciidoc", func(image, launch string) string {
		return "image::" + image + "[" + badgeText + `,link="` + launch + `"]`
	}},
	{"org", func(image, launch string) string { return "[[" + launch + "][" + image + "]]" }},
	{"myst", func(image, launch string) string {
		return "```{image} " + image + "\n:target: " + launch + "\n:alt: " + badgeText + "\n```"
	}},
}

// markdownBadge encloses addresses that could be taken apart.
func markdownBadge(image, launch string) string {
	enclosed := func(address string) string {
		if strings.ContainsAny(address, "()'*") {
			return "<" + address + ">"
		}
		return address
	}
	return "[![" + badgeText + "](" + enclosed(image) + ")](" + enclosed(launch) + ")"
}

// BadgeFormats lists the markups that there are badges for. The first is the most
// common one.
func BadgeFormats() []string {
	var names []string
	for _, b := range badges {
		names = append(names, b.format)
	}
	return names
}

// Badge is a hub's badge that leads to a launch link, in the markup of the format,
// which must be one of [BadgeFormats], without a final line break.
func Badge(format, hub, launch string) string {
	i := slices.IndexFunc(badges, func(b badge) bool { return b.format == format })
	return badges[i].write(strings.TrimRight(hub, "/")+"/badge_logo.svg", launch)
}
