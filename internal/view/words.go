package view

import (
	"io/fs"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	bokehbinder "github.com/bokehbinder/bokehbinder"
)

// keyPrefix is common to the keys of all messages, since in Hugo a site, its
// theme and its modules share one set.
const keyPrefix = "bokehbinder_"

// messages reads the messages of each language, once. The files are the
// module's own; a test reads them all.
var messages = sync.OnceValue(func() map[string]map[string]string {
	all := make(map[string]map[string]string)
	names, _ := fs.Glob(bokehbinder.FS, "i18n/*.yaml")
	for _, name := range names {
		text, _ := fs.ReadFile(bokehbinder.FS, name)
		var m map[string]string
		_ = yaml.Unmarshal(text, &m)
		language := strings.TrimSuffix(strings.TrimPrefix(name, "i18n/"), ".yaml")
		all[language] = m
	}
	return all
})

// words returns the messages in a language, in English where it has none, with
// the hub's name filled in.
func words(language, hub string) map[string]any {
	m := make(map[string]any)
	own := messages()[language]
	for key, text := range messages()[DefaultLanguage] {
		if own[key] != "" {
			text = own[key]
		}
		m[strings.TrimPrefix(key, keyPrefix)] = strings.ReplaceAll(text, "{{ .hub }}", hub)
	}
	return m
}
