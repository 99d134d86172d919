package site

import (
	"path/filepath"
	"slices"
	"strings"
)

// WithTheme returns the arguments and environment variables that make the hugo
// command see the site with one theme more and with other parameters, without a
// change of its files. What the site and its own themes have comes before
// what the theme in the folder has; params, which are below
// params.bokehbinder, come before the site's.
func (s *Site) WithTheme(folder string, params map[string]string) (args, env []string, err error) {
	themes := s.themesDir
	if !filepath.IsAbs(themes) {
		themes = filepath.Join(s.Root, themes)
	}
	// Hugo takes themes from one folder, but their names may lead out of it.
	name, err := filepath.Rel(themes, folder)
	if err != nil {
		return nil, nil, err
	}
	// Naming one theme is naming all.
	for _, theme := range append(slices.Clone(s.themes), filepath.ToSlash(name)) {
		if strings.ContainsAny(theme, `,"`) { // the option takes a list
			theme = `"` + strings.ReplaceAll(theme, `"`, `""`) + `"`
		}
		args = append(args, "--theme", theme)
	}
	for key, value := range params {
		env = append(env, "HUGO_PARAMS_BOKEHBINDER_"+strings.ToUpper(key)+"="+value)
	}
	return args, env, nil
}
