package repo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

var shortHash = regexp.MustCompile(`^[0-9a-f]{4,63}$`)

// maxListing is how many bytes of refs or of a tree's listing are read.
const maxListing = 128 << 20

// maxRef is how long a ref may be.
const maxRef = 255

// badRef says why a ref cannot be one, "" if it can. What git would read as
// more than a name is refused: options, refspecs, revisions.
func badRef(ref string) string {
	switch {
	case len(ref) > maxRef:
		return fmt.Sprintf("it is longer than %d bytes", maxRef)
	case strings.HasPrefix(ref, "-"):
		return "it begins with a hyphen"
	case strings.ContainsAny(ref, "~^:?*[\\ "):
		return "it holds one of ~ ^ : ? * [ \\ or a space"
	case strings.Contains(ref, "..") || strings.Contains(ref, "@{") || ref == "@":
		return "it is an expression"
	case strings.HasPrefix(ref, "+"):
		return "it begins with a plus sign"
	}
	for i := 0; i < len(ref); i++ {
		if ref[i] < ' ' || ref[i] == 0x7f {
			return "it holds a control character"
		}
	}
	if ref == "" {
		return ""
	}
	for _, e := range strings.Split(ref, "/") {
		if e == "" || strings.HasPrefix(e, ".") || strings.HasSuffix(e, ".") || strings.HasSuffix(e, ".lock") {
			return fmt.Sprintf("%q cannot be a part of it", e)
		}
	}
	return ""
}

// refError says that a ref does not name a commit of the repository.
type refError struct {
	reason  card.Reason
	message string
	hint    string
	err     error
}

// Error returns the message.
func (e *refError) Error() string { return e.message }

// Unwrap returns what git said.
func (e *refError) Unwrap() error { return e.err }

// refs are the branches and tags that a server advertises, with the hash of
// the object that each names: for an annotated tag, the tag object. A peeled
// tag is there under its name and "^{}".
type refs struct {
	hash  map[string]string
	names []string // in the server's order, peeled ones left out
}

// listRefs asks the server for its branches and tags.
func (g *git) listRefs(ctx context.Context) (*refs, error) {
	r := &refs{hash: map[string]string{}}
	return r, g.ask(ctx, "", r.read, func(url string) []string {
		return []string{"ls-remote", "--quiet", "--heads", "--tags", "--", url}
	})
}

// read takes what git ls-remote prints.
func (r *refs) read(in io.Reader) error {
	listing := &io.LimitedReader{R: in, N: maxListing + 1}
	lines := bufio.NewScanner(listing)
	lines.Split(split('\n'))
	for lines.Scan() {
		hash, name, ok := strings.Cut(lines.Text(), "\t")
		if !ok || !forge.IsHash(hash) {
			continue
		}
		r.hash[name] = hash
		if !strings.HasSuffix(name, "^{}") {
			r.names = append(r.names, name)
		}
	}
	if listing.N == 0 {
		return errTooLarge
	}
	return lines.Err()
}

// find returns the hash of the object that a name means: a branch before a
// tag. "heads/" and "tags/" may stand before the name.
func (r *refs) find(name string) (string, bool) {
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/"} {
		if hash, ok := r.hash[prefix+name]; ok {
			return hash, true
		}
	}
	return "", false
}

// unknown returns the error for a name that is not there.
func (r *refs) unknown(ref string, err error) error {
	if len(r.names) == 0 {
		return &refError{reason: card.ReasonEmpty, message: "the repository has no commit yet",
			hint: "push a branch to it first", err: err}
	}
	e := &refError{reason: card.ReasonRef, err: err}
	switch {
	case ref == "" || ref == "HEAD":
		e.message = "the repository has no default branch"
		e.hint = "name a branch with ref=; " + r.some()
	case shortHash.MatchString(strings.ToLower(ref)):
		e.message = fmt.Sprintf("there is no branch and no tag %q, and an abbreviated commit cannot be fetched", ref)
		e.hint = "use the full commit"
		if full := r.startingWith(strings.ToLower(ref)); full != "" {
			e.hint += ": " + full
		}
	default:
		e.message = fmt.Sprintf("there is no branch and no tag %q", ref)
		if near := near(shortName(ref), r.short()); len(near) > 0 {
			e.hint = "did you mean " + strings.Join(near, ", ") + "?"
		} else {
			e.hint = r.some()
		}
	}
	return e
}

// startingWith returns the one advertised commit whose hash begins so, or "".
func (r *refs) startingWith(short string) string {
	found := ""
	for name, hash := range r.hash {
		// The commit of an annotated tag is the peeled one.
		if _, annotated := r.hash[name+"^{}"]; annotated || !strings.HasPrefix(hash, short) || hash == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = hash
	}
	return found
}

// short returns the names without "refs/heads/" and "refs/tags/", each once.
func (r *refs) short() []string {
	var names []string
	seen := map[string]bool{}
	for _, full := range r.names {
		name := shortName(full)
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// shortName returns a ref's name without "refs/heads/" or "refs/tags/".
func shortName(full string) string {
	return strings.TrimPrefix(strings.TrimPrefix(full, "refs/heads/"), "refs/tags/")
}

// some says which names there are.
func (r *refs) some() string {
	const most = 5
	names := r.short()
	if len(names) > most {
		return fmt.Sprintf("there are %s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return "there is " + strings.Join(names, ", ")
}

// near returns up to three of the names that look like the given one, the
// nearest first.
func near(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	most := max(1, len(name)/3)
	for _, n := range names {
		if len(n) > 100 || len(name) > 100 {
			continue
		}
		d := distance(strings.ToLower(name), strings.ToLower(n))
		if d > most && (strings.Contains(n, name) || strings.Contains(name, n)) && min(len(n), len(name)) > 2 {
			d = most
		}
		if d <= most {
			found = append(found, candidate{n, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var out []string
	for _, c := range found[:min(len(found), 3)] {
		out = append(out, c.name)
	}
	return out
}

// distance returns how many bytes must be changed, added or left out to make
// one string of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
