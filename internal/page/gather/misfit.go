package gather

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/asked"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// misfit says why a card is not the answer to a request, or is not whole; "" if it
// is. What a card of a repository's files may hold, it may hold: what is shown of
// it is made harmless where it is shown.
func misfit(req card.Request, c *card.Card) string {
	if c.Version != 0 && c.Version != card.Version { // 0 is that of one made by hand
		return fmt.Sprintf("has version %d, but only version %d is known", c.Version, card.Version)
	}
	for _, problem := range []string{ofAnother(req, c), launchesAnother(req, c), badApp(c), badFile(c), badPiece(c), badFinding(c)} {
		if problem != "" {
			return problem
		}
	}
	return ""
}

// ofAnother compares the repository and the commit with those that were asked for.
func ofAnother(req card.Request, c *card.Card) string {
	url, err := req.URL()
	if err != nil || !strings.EqualFold(c.Repo, url) {
		return fmt.Sprintf("is that of %q", c.Repo)
	}
	commit := strings.ToLower(req.Ref)
	switch {
	case c.Commit == "": // that of a work tree
	case !forge.IsHash(c.Commit):
		return fmt.Sprintf("has the commit %q, which is no full hash", c.Commit)
	case forge.IsHash(commit) && c.Commit != commit:
		return "is that of the commit " + c.Commit
	}
	if !isLink(c.URL) {
		return fmt.Sprintf("has the address %q", c.URL)
	}
	return ""
}

// launchesAnother compares what a hub would launch with what is shown. Without a
// commit, which is a work tree, it is what will be published at the ref.
func launchesAnother(req card.Request, c *card.Card) string {
	if c.Commit == "" && c.Provider == "" && c.Spec == "" {
		return ""
	}
	ref := c.Commit
	if ref == "" {
		ref = req.Ref
	}
	if ref == "" {
		ref = "HEAD"
	}
	a, err := asked.Address(card.Request{Repo: c.Repo})
	if provider, spec := binder.LaunchSpec(a, ref); err != nil || c.Provider != provider || c.Spec != spec {
		return fmt.Sprintf("launches %q", c.Provider+"/"+c.Spec)
	}
	return ""
}

func badApp(c *card.Card) string {
	seen := make(map[string]bool)
	for _, a := range c.Apps {
		if a.Name == "" || seen[a.Name] {
			return fmt.Sprintf("has apps without a name of their own: %q", a.Name)
		}
		seen[a.Name] = true
		if !strings.HasPrefix(a.URLPath, "/") || strings.HasPrefix(a.URLPath, "//") || strings.HasPrefix(a.URLPath, `/\`) {
			return fmt.Sprintf("has an app at %q", a.URLPath)
		}
	}
	return ""
}

// What cards say of files in words of their own.
var (
	roles = []card.Role{"", card.RoleApp, card.RoleEnvironment, card.RoleServer, card.RoleBuild, card.RoleStart,
		card.RoleData, card.RoleDocs, card.RoleExtra}
	omissions = []card.Omitted{"", card.OmittedBinary, card.OmittedLarge, card.OmittedLFS, card.OmittedSymlink,
		card.OmittedSubmodule, card.OmittedListed}
	levels = []card.Level{card.LevelError, card.LevelWarning, card.LevelNote}
	modes  = []string{"", "100644", "100755", "120000", "160000"}
)

// slack is by how much texts may be over their limits: writing out characters
// that cannot be seen makes them longer.
const slack = 16

func badFile(c *card.Card) string {
	seen := make(map[string]bool)
	size := 0
	for _, f := range c.Files {
		if !isInside(f.Path) || seen[f.Path] {
			return fmt.Sprintf("has the file %q, or has it twice", f.Path)
		}
		seen[f.Path] = true
		switch size += len(f.Text); {
		case len(f.Text) > slack*card.MaxFileText || size > slack*card.MaxCardText:
			return "has more text than cards have"
		case !utf8.ValidString(f.Text) || strings.Contains(f.Text, "\x00"):
			return fmt.Sprintf("has a text that is none, of %q", f.Path)
		case f.Text != "" && f.Omitted != "" && f.Omitted != card.OmittedLarge:
			return fmt.Sprintf("has the text of %q, which it says is left out", f.Path)
		case f.Size < -1 || !isLink(f.URL) || !slices.Contains(modes, f.Mode) || !slices.Contains(roles, f.Role) || !slices.Contains(omissions, f.Omitted):
			return fmt.Sprintf("says of %q what no card says", f.Path)
		}
	}
	return ""
}

func badPiece(c *card.Card) string {
	seen := make(map[string]bool)
	size := 0
	for _, p := range c.Pieces {
		if !isInside(p.Path) || seen[p.Of] {
			return fmt.Sprintf("has a piece of %q, or has %q twice", p.Path, p.Of)
		}
		seen[p.Of] = true
		size += len(p.Text)
		switch {
		case len(p.Text) > slack*card.MaxFileText || size > slack*card.MaxCardText:
			return "has more text than cards have"
		case !utf8.ValidString(p.Text) || strings.Contains(p.Text, "\x00"):
			return fmt.Sprintf("has a text that is none, of %q", p.Of)
		case !isLink(p.URL) || p.First < 0 || p.Last < p.First || (p.Problem == "") != (p.First > 0) || p.Problem != "" && p.Text != "":
			return fmt.Sprintf("says of %q what no card says", p.Of)
		}
	}
	return ""
}

func badFinding(c *card.Card) string {
	for _, f := range c.Findings {
		if !slices.Contains(levels, f.Level) || f.Line < 0 || f.Column < 0 {
			return fmt.Sprintf("has a finding of the level %q at %d:%d", f.Level, f.Line, f.Column)
		}
	}
	return ""
}

// isInside says whether a path is one of a file in a repository.
func isInside(name string) bool {
	return name != "" && name != "." && path.Clean(name) == name && !strings.HasPrefix(name, "/") && name != ".." && !strings.HasPrefix(name, "../")
}

// isLink says whether an address is one that a browser opens as a page, or empty.
func isLink(url string) bool {
	return url == "" || strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
}
