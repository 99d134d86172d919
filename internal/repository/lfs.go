package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/glob"
)

// lfsPattern is a line of .gitattributes about Git LFS.
type lfsPattern struct {
	pattern *glob.Pattern
	lfs     bool
}

type lfsPatterns []lfsPattern

// lfsPatterns reads from the root's .gitattributes which files are in Git LFS,
// so that one that was not read can be told from one that is only listed.
func (f *Facts) lfsPatterns() lfsPatterns {
	text, _ := f.Snapshot.Read(".gitattributes")
	var out lfsPatterns
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.HasPrefix(fields[0], "#") || len(out) == 200 {
			continue
		}
		lfs := slices.Contains(fields[1:], "filter=lfs")
		if !lfs && !slices.ContainsFunc(fields[1:], func(s string) bool {
			return strings.HasPrefix(strings.TrimLeft(s, "-!"), "filter")
		}) {
			continue
		}
		pattern := fields[0]
		if !strings.Contains(strings.TrimSuffix(pattern, "/"), "/") {
			pattern = "**/" + pattern
		}
		if p, err := glob.Compile(path.Clean("/" + pattern)); err == nil {
			out = append(out, lfsPattern{p, lfs})
		}
	}
	return out
}

// UsesLFS says whether the root's .gitattributes give files to Git LFS.
func (f *Facts) UsesLFS() bool {
	return slices.ContainsFunc(f.lfsPatterns(), func(p lfsPattern) bool { return p.lfs })
}

// has says whether a file is in Git LFS: the last pattern for it decides.
func (l lfsPatterns) has(p string) bool {
	for _, pattern := range slices.Backward(l) {
		if pattern.pattern.Match(p) {
			return pattern.lfs
		}
	}
	return false
}
