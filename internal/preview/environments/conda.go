package environments

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// conda makes the ingredients for one of conda's programs: the environment.yml
// without what would install the repository itself, which would write to the
// author's folder.
func (t *tool) conda(f *Folder, r *requirements) error {
	env := f.Facts.Plan.Environment
	content := struct {
		Channels     []string `json:"channels,omitempty"`
		Dependencies []any    `json:"dependencies"`
	}{Channels: env.Channels, Dependencies: []any{}}
	for _, node := range env.Dependencies {
		if node.Kind == yaml.ScalarNode {
			content.Dependencies = append(content.Dependencies, node.Value)
		}
	}
	pip := append(r.options[:len(r.options):len(r.options)], r.addresses...)
	for _, q := range r.named {
		if q.Conda == "" {
			pip = append(pip, q.pip)
		}
	}
	if len(pip) > 0 {
		content.Dependencies = append(content.Dependencies, map[string][]string{"pip": pip})
	}
	text, err := json.MarshalIndent(content, "", " ") // which is YAML, too
	t.Environment = string(text)
	return err
}

// withConda makes the environment as repo2docker does: its base, then what
// environment.yml asks for.
func (t tool) withConda(ctx context.Context, prefix string, log io.Writer) error {
	args := []string{t.program, "create", "--yes", "--prefix", prefix, "--override-channels", "--channel", "conda-forge",
		"python=" + t.Python, "nodejs=20", "pip"}
	for _, p := range t.Base {
		args = append(args, strings.Replace(p, "jupyterhub==", "jupyterhub-singleuser==", 1))
	}
	if err := RunTool(ctx, log, t.Tool+" create", args...); err != nil {
		return err
	}
	file := filepath.Join(prefix, "environment.yml")
	if err := os.WriteFile(file, []byte(t.Environment), 0o644); err != nil {
		return err
	}
	if t.Tool == "micromamba" {
		return RunTool(ctx, log, "micromamba install", t.program, "install", "--yes", "--prefix", prefix, "--file", file)
	}
	return RunTool(ctx, log, t.Tool+" env update", t.program, "env", "update", "--prefix", prefix, "--file", file)
}
