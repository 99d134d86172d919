package repository

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/visible"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// isPiece says whether an item that was asked for is a piece of a file: it is
// written as one, and no file is called so.
func (s *Snapshot) isPiece(item string, p *glob.Pattern) bool {
	_, _, may := piece.Split(item)
	if !may {
		return false
	}
	if !strings.Contains(item, "*") {
		_, found := s.File(item)
		return !found
	}
	return !slices.ContainsFunc(s.files, func(f repo.File) bool { return s.matches(p, f.Path) })
}

// What is valid in place of a piece that is none.
const (
	validLines = "lines from 1 on, the first before the last, such as #L10-L30"
	validPath  = "the path of one file, from the repository's root and without *, before the #"
)

// mostValid is how many names of what there is an error lists.
const mostValid = 12

// cutter finds the pieces of one request.
type cutter struct {
	facts *Facts
	left  *room
	texts map[string]*source
	named int // bytes that were looked through for names
}

// findPieces returns the pieces that were asked for.
func (f *Facts) findPieces(left *room) []card.Piece {
	c := &cutter{facts: f, left: left, texts: map[string]*source{}}
	var out []card.Piece
	for i, item := range f.pieces {
		p, name, _ := piece.Split(item)
		found := card.Piece{Of: item, Path: DisplayPath(p), Name: DisplayPath(name)}
		if i < maxPieces {
			c.cut(p, name, &found)
		} else {
			found.Problem, found.Valid = "is one piece too many", fmt.Sprintf("at most %d pieces of a repository", maxPieces)
		}
		if found.Problem != "" {
			found.Problem = visible.Text(fmt.Sprintf("%q %s", item, found.Problem))
		}
		out = append(out, found)
	}
	return out
}

// cut finds a piece of the file at a path, or says why there is none.
func (c *cutter) cut(p, name string, out *card.Piece) {
	s, problem, valid := c.source(p)
	var at span
	if problem == "" {
		if _, _, isLines := piece.Lines(name); !isLines {
			c.name(p, s)
		}
		at, problem, valid = s.find(name)
	}
	if problem == "" {
		out.Text = strings.Join(s.lines[at.first-1:at.last], "")
		problem, valid = c.left.hold(out.Text)
	}
	if problem != "" {
		out.Text, out.Problem, out.Valid = "", problem, valid
		return
	}
	out.First, out.Last = at.first, at.last
	out.Language = c.left.language(p, s.lines[0], out.Text)
	out.URL = c.facts.Address.LinesURL(c.facts.Commit, p, at.first, at.last)
}

// hold takes the room of a piece, which is never cut.
func (r *room) hold(text string) (problem, valid string) {
	switch {
	case len(text) > card.MaxFileText:
		return fmt.Sprintf("is longer than the %d KiB that are shown of a file", card.MaxFileText>>10), "fewer lines"
	case len(text) > int(r.text):
		return fmt.Sprintf("is more than the %d KiB of a card have room for, beside the other pieces", card.MaxCardText>>10), "fewer or shorter pieces"
	}
	r.text -= budget(len(text))
	return "", ""
}

// source returns the text of the file at a path, or why there is none.
func (c *cutter) source(p string) (s *source, problem, valid string) {
	if s := c.texts[p]; s != nil {
		return s, "", ""
	}
	file, found := c.facts.Snapshot.File(p)
	blob, read := c.facts.Snapshot.blobs[p]
	switch _, pointer := lfsSize(blob.Data); {
	case strings.Contains(p, "*"):
		return nil, "is a piece of more than one file", validPath
	case !found:
		return nil, "is a piece of a file that the repository does not have", c.alike(p)
	case file.Mode == repo.ModeSymlink:
		return nil, "is a piece of a symbolic link", c.leads(p)
	case file.Mode == repo.ModeSubmodule:
		return nil, "is a piece of a submodule, which is another repository", validPath
	case pointer:
		return nil, "is a piece of a file that is in Git LFS, not in the repository", "a file that is in the repository itself"
	case !read, isBinary(blob.Data):
		return nil, "is a piece of a file that is not read as text", "a file of text"
	}
	s = newSource(blob)
	c.texts[p] = s
	return s, "", ""
}

// maxNamed bounds the text that is looked through for names, of all files together.
const maxNamed = 2 << 20

// name finds what has a name in a source, once.
func (c *cutter) name(p string, s *source) {
	if s.sorts != "" {
		return
	}
	s.sorts = "region"
	blob := c.facts.Snapshot.blobs[p]
	if c.named += len(blob.Data); c.named > maxNamed {
		s.passed = true
		return
	}
	s.names = regions(s.lines)
	if path.Ext(p) == ".py" && len(blob.Data) <= maxPython {
		s.sorts = "function, class or region"
		s.names = append(s.names, definitions(string(blob.Data), len(s.lines))...)
	}
}

// alike lists the files that have a path's name in other folders.
func (c *cutter) alike(p string) string {
	var found []string
	for f := range c.facts.Snapshot.Named(path.Base(p)) {
		if len(found) == mostValid {
			break
		}
		found = append(found, DisplayPath(f.Path))
	}
	if found == nil {
		return validPath
	}
	return strings.Join(found, ", ")
}

// leads says what a symbolic link leads to.
func (c *cutter) leads(p string) string {
	if to, ok := c.facts.Snapshot.Resolve(p); ok {
		return "the file that it leads to, " + DisplayPath(to)
	}
	return "the file that it leads to"
}

// source is a file's text in lines, each with its end, and what has a name in it.
type source struct {
	lines []string
	whole bool // all of the file
	names []named
	sorts string // of the names that were looked for; "" before
	// passed says that they were not, since there was too much text.
	passed bool
}

// span is lines of a file, from 1.
type span struct{ first, last int }

// named is a piece of a file that has a name.
type named struct {
	name string
	span
	region bool
}

func newSource(blob repo.Blob) *source {
	s := &source{lines: slices.Collect(strings.Lines(cleanText(blob.Data))), whole: blob.Size <= int64(len(blob.Data))}
	if !s.whole && len(s.lines) > 0 {
		s.lines = s.lines[:len(s.lines)-1] // which may go on
	}
	return s
}

// find returns where a piece is, or says why it is not there.
func (s *source) find(name string) (at span, problem, valid string) {
	first, last, isLines := piece.Lines(name)
	switch {
	case !isLines:
		return s.named(name)
	case first < 1 || last < first:
		return span{}, "is no lines", validLines
	case last <= len(s.lines):
		return span{first, last}, "", ""
	case len(s.lines) == 0:
		return span{}, "is a piece of an empty file", "a file of text"
	case !s.whole:
		return span{}, "is beyond what is read of so large a file", fmt.Sprintf("lines up to #L%d", len(s.lines))
	}
	return span{}, "is beyond the end of the file", fmt.Sprintf("lines up to #L%d", len(s.lines))
}

// named returns where the one piece of a name is. A region comes before what the
// language calls so, since its author named it for this.
func (s *source) named(name string) (at span, problem, valid string) {
	var found []named
	for _, n := range s.names {
		if n.name == name && (len(found) == 0 || n.region == found[0].region) {
			found = append(found, n)
		}
	}
	switch len(found) {
	case 0:
		return span{}, "is no " + s.sorts + " " + s.within(), s.there(name)
	case 1:
		return found[0].span, "", ""
	}
	var places []string
	for _, n := range found[:min(len(found), mostValid)] {
		places = append(places, fmt.Sprintf("#L%d-L%d", n.first, n.last))
	}
	return span{}, fmt.Sprintf("is there %d times", len(found)), strings.Join(places, ", ")
}

func (s *source) within() string {
	if s.whole && !s.passed {
		return "of the file"
	}
	return "in what is looked through of so much text"
}

// there lists the names beside which one was looked for: those of the whole file, or
// of the class.
func (s *source) there(name string) string {
	var list []string
	for _, scope := range []string{name[:strings.LastIndexByte(name, '.')+1], ""} {
		for _, n := range s.names {
			rest, inside := strings.CutPrefix(n.name, scope)
			if inside && (n.region || !strings.Contains(rest, ".")) && !slices.Contains(list, n.name) && len(list) < mostValid {
				list = append(list, n.name)
			}
		}
		if list != nil {
			return visible.Text(strings.Join(list, ", "))
		}
	}
	return "lines, such as #L10-L30"
}
