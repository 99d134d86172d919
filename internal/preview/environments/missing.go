package environments

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// Missing says what the repository in a folder asks for and the environment
// lacks or has in another version, one sentence each. An environment that was
// built for the repository is asked, too.
func (e Environment) Missing(ctx context.Context, dir string) ([]string, error) {
	f, err := ReadFolder(ctx, dir)
	if err != nil {
		return nil, err
	}
	if f.Facts.Plan.Pack == binder.Docker || f.Facts.Plan.Pack == binder.Nix {
		return nil, nil // what those install is not known
	}
	r := f.requirements()
	var markers []string
	for _, q := range r.named {
		if q.Marker != "" {
			markers = append(markers, q.Marker)
		}
	}
	has, err := e.contents(ctx, markers)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, base := range []string{"jupyterlab", "jupyter-server-proxy"} {
		asked := slices.ContainsFunc(r.named, func(q requirement) bool { return q.Name == base })
		if _, ok := has.packages[base]; !ok && !asked && (base == "jupyterlab" || f.proxied()) {
			out = append(out, base+" is not installed")
		}
	}
	for _, q := range r.named {
		if lack := has.lacks(q); lack != "" && !slices.Contains(out, lack) {
			out = append(out, lack)
		}
	}
	return out, nil
}

// proxied says whether an app of the repository needs jupyter-server-proxy.
func (f *Folder) proxied() bool { return len(f.Facts.Apps) > 0 }

// contents is what an environment has.
type contents struct {
	packages map[string]string // by normalized names, their versions
	conda    map[string]string // conda's own names; nil where it is no conda environment
	markers  map[string]bool
}

//go:embed installed.py
var installedScript string

// contents asks an environment what it has.
func (e Environment) contents(ctx context.Context, markers []string) (*contents, error) {
	input, err := json.Marshal(append([]string{}, markers...))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, e.Python, "-c", installedScript)
	cmd.Dir, cmd.Env = Apart(), outside()
	cmd.Stdin = bytes.NewReader(input)
	var stderr supervise.Tail
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, &supervise.Error{Message: e.Python + " does not tell what is installed: " + stderr.Lines(1),
			Hint: "Python 3.8 or later is needed", Err: err}
	}
	var found struct {
		Installed map[string]string
		Markers   map[string]bool
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("%s does not tell what is installed: %w", e.Python, err)
	}
	c := &contents{packages: map[string]string{}, markers: found.Markers}
	for name, version := range found.Installed {
		c.packages[packaging.Normalize(name)] = version
	}
	records, _ := filepath.Glob(filepath.Join(e.Prefix, "conda-meta", "*.json"))
	for _, file := range records { // NAME-VERSION-BUILD.json
		parts := strings.Split(strings.TrimSuffix(filepath.Base(file), ".json"), "-")
		if len(parts) >= 3 {
			if c.conda == nil {
				c.conda = map[string]string{}
			}
			c.conda[packaging.Normalize(strings.Join(parts[:len(parts)-2], "-"))] = parts[len(parts)-2]
		}
	}
	return c, nil
}

// lacks says what is wrong with what an environment has of a package, or
// nothing.
func (c *contents) lacks(q requirement) string {
	if q.Marker != "" && !c.markers[q.Marker] {
		return ""
	}
	name := q.Name
	version, ok := c.packages[q.Name]
	if q.Conda != "" {
		name = q.Conda
		if v, is := c.conda[q.Conda]; is {
			version, ok = v, true
		}
		if name, known := installed.IndexName(q.Conda); !ok && c.conda == nil && name == "" {
			if known {
				return ""
			}
			return fmt.Sprintf("%s, a package of conda's, may not be there (%s)", q.Conda, q.place())
		}
	}
	if !ok {
		return fmt.Sprintf("%s is not installed (%s)", name, q.place())
	}
	if v, err := packaging.ParseVersion(version); err == nil && !q.Specs.Allow(v) {
		return fmt.Sprintf("%s is %s here, %s is asked for (%s)", name, version, conditions(q.Specs), q.place())
	}
	return ""
}

// conditions writes conditions on a version.
func conditions(specs packaging.Specifiers) string {
	var out []string
	for _, s := range specs {
		text := s.Op + s.Version.String()
		if s.Prefix {
			text += ".*"
		}
		out = append(out, text)
	}
	return strings.Join(out, ",")
}
