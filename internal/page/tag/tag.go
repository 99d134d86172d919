package tag

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Tag is a valid tag. What it does not say is empty, 0 or nil; the defaults
// are left to whoever knows the settings of the site.
type Tag struct {
	// Repo is the repository's address as written.
	Repo string
	// Address is what Repo is the address of.
	Address forge.Address
	// Ref is a branch, a tag or a full commit.
	Ref string
	// App names one of the repository's apps.
	App string
	// URLPath is where the app answers on the Jupyter server, as written: with
	// or without a leading slash.
	URLPath string
	// Hubs are addresses of BinderHubs: the one that is used, and those that are
	// offered where it cannot.
	Hubs []string
	// Title is the accessible name.
	Title string
	// Height of the frame in CSS pixels.
	Height int
	// Poster is the path of an image on the page's own site, as written.
	Poster string
	// Show is any of "launch", "app" and "files", in the order of the tag.
	Show []string
	// Files are globs of further files: * stands for any text within a path
	// element, ** for any number of elements, and nothing else is special. What no
	// file is called may be a piece of one, as package piece has it.
	Files []string
	// Pos is where the tag begins.
	Pos position.Position
}

// Default returns what holds where a tag and its site's settings do not say an
// argument, as a tag would write it; "" if no one text can say that.
func Default(name string) string { return rules().argument(name).Default }

// Hubs returns the first of lists of hubs that has any, else the default.
func Hubs(lists ...[]string) []string {
	for _, hubs := range lists {
		if len(hubs) > 0 {
			return hubs
		}
	}
	return []string{Default("hub")}
}

// set takes over the checked value of an argument, for a list its items.
func (t *Tag) set(name, value string, items []string) {
	switch name {
	case "repo":
		t.Repo = value
	case "ref":
		t.Ref = value
	case "app":
		t.App = value
	case "urlpath":
		t.URLPath = value
	case "hub":
		t.Hubs = items
	case "title":
		t.Title = value
	case "height":
		t.Height, _ = strconv.Atoi(value) // the table lets only numbers through
	case "poster":
		t.Poster = value
	case "show":
		t.Show = items
	case "files":
		t.Files = items
	default:
		panic("tag.json: no field for the argument " + name)
	}
}

// Arg returns the value of the argument of the given name, as a tag writes it
// but without quotes. It is empty if the tag does not say it, or if there is
// no such argument.
func (t *Tag) Arg(name string) string {
	switch name {
	case "repo":
		return t.Repo
	case "ref":
		return t.Ref
	case "app":
		return t.App
	case "urlpath":
		return t.URLPath
	case "hub":
		return strings.Join(t.Hubs, ",")
	case "title":
		return t.Title
	case "height":
		if t.Height != 0 {
			return strconv.Itoa(t.Height)
		}
	case "poster":
		return t.Poster
	case "show":
		return strings.Join(t.Show, ",")
	case "files":
		return strings.Join(t.Files, ",")
	}
	return ""
}

// Request returns what the tag asks of a source of cards.
func (t *Tag) Request() card.Request {
	return card.Request{Repo: t.Repo, Ref: t.Ref, Files: slices.Clone(t.Files)}
}

// String returns the tag on one line, its arguments in the order of the table.
// For a tag that [Parse] or [FromArgs] returned, it parses to the same tag.
func (t *Tag) String() string {
	var b strings.Builder
	b.WriteString(Open)
	for _, a := range rules().Arguments {
		if value := t.Arg(a.Name); value != "" {
			b.WriteString(" " + a.Name + "=" + quote(value))
		}
	}
	b.WriteString(" " + Close)
	return b.String()
}

// quote returns the value as it stands in a tag: bare where the grammar takes
// it so.
func quote(value string) string {
	pair := "x=" + value
	m := rules().Token.FindStringSubmatch(pair)
	if m[0] == pair && m[groupBare] == value {
		return value
	}
	return `"` + quoter.Replace(value) + `"`
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
