package site

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Overlay makes Hugo see a site with other assets and parameters, without a
// change of its files. It writes a configuration to file, whose name ends in
// .json, and returns the arguments that make the hugo command add it to the
// site's own: the files of the folder assets come before the site's and its
// modules', and params are set in params.bokehbinder.
func (s *Site) Overlay(ctx context.Context, hugo, file, assets string, params map[string]any) (args []string, err error) {
	mounts, err := projectMountsOf(ctx, hugo, s.Root)
	if err != nil {
		return nil, err
	}
	// Of two mounts of the site itself that have a file, the later one wins.
	mounts = append(mounts, map[string]any{"source": assets, "target": "assets"})
	text, err := json.Marshal(map[string]any{
		"module": map[string]any{"mounts": mounts},
		"params": map[string]any{"bokehbinder": params},
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	configs := s.rootConfig()
	if configs != "" {
		configs += ","
	}
	return []string{"--config", configs + file}, nil
}

// projectMountsOf asks Hugo for the mounts of the site itself, with all their
// settings.
func projectMountsOf(ctx context.Context, hugo, root string) ([]map[string]any, error) {
	command, err := exec.LookPath(hugo)
	if err != nil {
		return nil, fmt.Errorf("there is no %s command", hugo)
	}
	out, err := runHugo(ctx, command, root, "config", "mounts")
	if err != nil {
		return nil, err
	}
	var project struct {
		Mounts []map[string]any `json:"mounts"`
	}
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&project); err != nil {
		return nil, fmt.Errorf("hugo config mounts: %w", err)
	}
	return project.Mounts, nil
}

// rootConfig is the configuration file in the site's folder that Hugo takes, or
// "" where there is only a config folder. It is the first that is there.
func (s *Site) rootConfig() string {
	for _, name := range []string{"hugo", "config"} {
		for _, ext := range []string{".toml", ".yaml", ".yml", ".json"} {
			if _, err := os.Stat(filepath.Join(s.Root, name+ext)); err == nil {
				return name + ext
			}
		}
	}
	return ""
}
