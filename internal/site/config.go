package site

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/tables"
)

// tree is a configuration: maps, lists and values, with all keys in lower case,
// since Hugo's keys are the same in any case.
type tree map[string]any

// child returns the tree at the path of keys, or an empty one.
func (t tree) child(path ...string) tree {
	for _, key := range path {
		t, _ = t[key].(tree)
	}
	return t
}

// text returns the text at the path of keys, or "".
func (t tree) text(path ...string) string {
	s, _ := t.child(path[:len(path)-1]...)[path[len(path)-1]].(string)
	return s
}

// merge takes over what other has, tree by tree.
func (t tree) merge(other tree) {
	for key, value := range other {
		mine, ok1 := t[key].(tree)
		theirs, ok2 := value.(tree)
		if ok1 && ok2 {
			mine.merge(theirs)
		} else {
			t[key] = value
		}
	}
}

// lower returns v with its maps as trees.
func lower(v any) any {
	switch v := v.(type) {
	case map[string]any:
		t := make(tree, len(v))
		for key, value := range v {
			t[strings.ToLower(key)] = lower(value)
		}
		return t
	case []any:
		for i := range v {
			v[i] = lower(v[i])
		}
	case []map[string]any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = lower(v[i])
		}
		return list
	}
	return v
}

// askHugo asks the hugo command for the configuration in effect and for the
// modules with their mounts.
func askHugo(ctx context.Context, hugo, root string) (tree, []module, error) {
	if hugo == "" {
		hugo = "hugo"
	}
	command, err := exec.LookPath(hugo)
	if err != nil {
		return nil, nil, fmt.Errorf("there is no %s command", hugo)
	}
	type answer struct {
		out []byte
		err error
	}
	mounts := make(chan answer, 1)
	go func() {
		out, err := runHugo(ctx, command, root, "config", "mounts")
		mounts <- answer{out, err}
	}()
	out, err := runHugo(ctx, command, root, "config", "--format", "json")
	second := <-mounts
	if err := errors.Join(err, second.err); err != nil {
		return nil, nil, err
	}
	var config map[string]any
	if err := json.Unmarshal(out, &config); err != nil {
		return nil, nil, fmt.Errorf("hugo config: %w", err)
	}
	modules, err := decodeModules(second.out)
	return lower(config).(tree), modules, err
}

func runHugo(ctx context.Context, command, root string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		message, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		if message == "" {
			message = err.Error()
		}
		return nil, fmt.Errorf("hugo %s says: %s", strings.Join(args, " "), message)
	}
	return out, nil
}

// decodeModules reads the JSON values that "hugo config mounts" writes one
// after the other.
func decodeModules(data []byte) ([]module, error) {
	var modules []module
	for dec := json.NewDecoder(bytes.NewReader(data)); ; {
		var m module
		err := dec.Decode(&m)
		if err == io.EOF {
			return modules, nil
		}
		if err != nil {
			return nil, fmt.Errorf("hugo config mounts: %w", err)
		}
		modules = append(modules, m)
	}
}

// Is reports whether a folder looks like a Hugo site.
func Is(dir string) bool {
	patterns := []string{"hugo.toml", "hugo.y*ml", "hugo.json", "config/_default/hugo.*", "config/_default/config.*"}
	if info, err := os.Stat(filepath.Join(dir, "content")); err == nil && info.IsDir() {
		patterns = append(patterns, "config.toml", "config.y*ml", "config.json")
	}
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		files, _ := fs.Glob(os.DirFS(dir), pattern)
		return len(files) > 0
	})
}

// readOwn reads the site's own configuration files as Hugo does for a
// production build, without what themes and modules add.
func readOwn(root string) (tree, error) {
	config := make(tree)
	found := false
	for _, name := range []string{"config", "hugo"} {
		for _, ext := range []string{".json", ".yml", ".yaml", ".toml"} {
			part, err := readConfig(filepath.Join(root, name+ext))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			found = true
			config.merge(part)
		}
	}
	for _, env := range []string{"_default", "production"} {
		part, err := readConfigFolder(filepath.Join(root, "config", env))
		if err != nil {
			return nil, err
		}
		found = found || len(part) > 0
		config.merge(part)
	}
	if !found {
		return nil, fmt.Errorf("%s: %w", root, ErrNoSite)
	}
	return config, nil
}

// readConfigFolder reads a folder such as config/_default: hugo.* and config.*
// are the configuration's root, params.* its params, languages.de.* the
// params of one language, and so on.
func readConfigFolder(dir string) (tree, error) {
	config := make(tree)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return config, nil
	}
	for _, entry := range entries {
		ext := filepath.Ext(entry.Name())
		if entry.IsDir() || decoders[ext] == nil {
			continue
		}
		part, err := readConfig(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		name := strings.ToLower(strings.TrimSuffix(entry.Name(), ext))
		if name != "hugo" && name != "config" {
			section, language, ok := strings.Cut(name, ".")
			if ok {
				part = tree{"languages": tree{language: tree{section: part}}}
			} else if part[section] == nil || len(part) > 1 {
				part = tree{section: part}
			}
		}
		config.merge(part)
	}
	return config, err
}

// decoders read the formats of configuration files, by extension.
var decoders = map[string]func([]byte, any) error{
	".toml": tables.Decode,
	".yaml": yaml.Unmarshal,
	".yml":  yaml.Unmarshal,
	".json": json.Unmarshal,
}

func readConfig(file string) (tree, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var config map[string]any
	if err := decoders[filepath.Ext(file)](data, &config); err != nil {
		return nil, configError(file, data, err)
	}
	return lower(config).(tree), nil
}

// configError gives an error of one of the decoders its place in the file, as
// far as the decoder knows it.
func configError(file string, data []byte, err error) error {
	at := position.Position{File: file}
	places := position.Count(position.Position{File: file, Line: 1, Column: 1}, data)
	message := err.Error()
	var inTOML tables.ParseError
	var limit *tables.LimitError
	var inJSON *json.SyntaxError
	switch {
	case errors.As(err, &inTOML):
		at, message = places.At(inTOML.Position.Start), inTOML.Message
	case errors.As(err, &limit):
		at = places.At(limit.Offset)
	case errors.As(err, &inJSON):
		at = places.At(int(inJSON.Offset) - 1)
	case strings.HasPrefix(message, "yaml: "):
		at.Line, message = position.YAML(err, data)
	}
	return fmt.Errorf("%s: %s", at, message)
}

// ownModules returns what the site's own configuration says of its folders:
// the site itself and the themes that lie in its themes folder.
func ownModules(root string, config tree) []module {
	modules := []module{{Dir: root, Mounts: projectMounts(config)}}
	themes := cmp.Or(config.text("themesdir"), "themes")
	if !filepath.IsAbs(themes) {
		themes = filepath.Join(root, themes)
	}
	for _, name := range themeNames(config) {
		dir := filepath.Join(themes, filepath.FromSlash(name))
		theme, err := readOwn(dir)
		if err != nil {
			theme = make(tree) // a theme need not have a configuration
		}
		if _, err := os.Stat(dir); err == nil {
			modules = append(modules, module{Path: name, Dir: dir, Mounts: themeMounts(theme)})
		}
	}
	return modules
}

func themeNames(config tree) []string {
	names := themes(config)
	imports, _ := config.child("module")["imports"].([]any)
	for _, item := range imports {
		if t, ok := item.(tree); ok {
			names = append(names, t.text("path"))
		}
	}
	return names
}

// themes are those that the setting theme names.
func themes(config tree) []string {
	var names []string
	switch theme := config["theme"].(type) {
	case string:
		names = append(names, theme)
	case []any:
		for _, name := range theme {
			names = append(names, fmt.Sprint(name))
		}
	}
	return names
}

// components are what is taken from a site, and the settings that name their
// folders.
var components = []struct{ name, setting string }{
	{"content", "contentdir"}, {"layouts", "layoutdir"}, {"assets", "assetdir"},
}

func listedMounts(config tree) []mount {
	var mounts []mount
	listed, _ := config.child("module")["mounts"].([]any)
	for _, item := range listed {
		if t, ok := item.(tree); ok {
			mounts = append(mounts, mount{t.text("source"), t.text("target")})
		}
	}
	return mounts
}

// themeMounts returns the mounts that a theme lists, or else its folders.
func themeMounts(config tree) []mount {
	if mounts := listedMounts(config); len(mounts) > 0 {
		return mounts
	}
	var mounts []mount
	for _, c := range components {
		mounts = append(mounts, mount{c.name, c.name})
	}
	return mounts
}

// projectMounts returns the mounts that a site lists and, for components of
// which it lists none, the folders that its settings name.
func projectMounts(config tree) []mount {
	mounts := listedMounts(config)
	for _, c := range components {
		if slices.ContainsFunc(mounts, func(m mount) bool { return below(m.Target, c.name) }) {
			continue
		}
		source := config.text(c.setting)
		if source == "" {
			source = c.name
		}
		mounts = append(mounts, mount{source, c.name})
	}
	languages := config.child("languages")
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		if source := languages.text(language, "contentdir"); source != "" {
			mounts = append(mounts, mount{source, "content"})
		}
	}
	return mounts
}
