package site

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/doors"
)

// table is the file of the module that says which cards its templates read.
const table = "assets/bokehbinder/doors.json"

// takeOurs finds the module bokehbinder among those of the site, however it came
// there: by its table, which no other has.
func (s *Site) takeOurs(modules []module) {
	for _, m := range modules[min(1, len(modules)):] {
		if _, err := os.Stat(filepath.Join(m.Dir, filepath.FromSlash(table))); err == nil {
			s.module = &m
			return
		}
	}
}

// Fit is how the site's templates and this program differ in what they hand each
// other.
type Fit struct {
	Message string
	// Command is the one that fits the site.
	Command string
}

// Fits compares the site's templates with this program. It returns nil where they
// fit each other, and where the templates are not to be found.
func (s *Site) Fits() (*Fit, error) {
	if s.module == nil {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(s.module.Dir, filepath.FromSlash(table)))
	if err != nil {
		return nil, err
	}
	theirs, err := doors.VersionsIn(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(s.module.Dir, table), err)
	}
	own := doors.Own()
	if theirs == own {
		return nil, nil
	}
	return &Fit{
		Message: fmt.Sprintf("the site's templates are of another version of bokehbinder: they read cards of version %s, and this command writes %s", theirs, own),
		Command: s.Command(),
	}, nil
}

// Command is the command sync of the version of bokehbinder that the site has, as
// the templates name it, or "" where that is not known.
func (s *Site) Command() string {
	if s.module == nil {
		return ""
	}
	m, say := s.module, doors.Say()
	dir := filepath.ToSlash(m.Dir)
	if m.Version != "" && (strings.HasSuffix(dir, "@"+m.Version) || strings.Contains(dir, "/_vendor/")) {
		return fmt.Sprintf(say.RunVersion, m.Version)
	}
	up := s.Root
	if rel, err := filepath.Rel(s.Root, m.Dir); err == nil && filepath.IsLocal(rel) {
		dir = filepath.ToSlash(rel)
		up = strings.TrimSuffix(strings.Repeat("../", strings.Count(dir, "/")+1), "/")
	}
	return fmt.Sprintf(say.RunFolder, quoted(dir), quoted(filepath.ToSlash(up)))
}

// quoted puts a path into quotes where a shell wants them.
func quoted(path string) string {
	if strings.Contains(path, " ") {
		return `"` + path + `"`
	}
	return path
}
