package view

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	bokehbinder "github.com/bokehbinder/bokehbinder" // whose files they are
	"github.com/bokehbinder/bokehbinder/internal/base/module"
	"github.com/bokehbinder/bokehbinder/internal/doors"
)

// keyPrefix is common to the keys of all messages, since in Hugo a site, its
// theme and its modules share one set.
const keyPrefix = "bokehbinder_"

// messages reads the messages of each language, once. The files are the
// module's own; a test reads them all.
var messages = sync.OnceValue(func() map[string]map[string]string {
	all := make(map[string]map[string]string)
	names, _ := fs.Glob(module.Files(), "i18n/*.yaml")
	for _, name := range names {
		text, _ := fs.ReadFile(module.Files(), name)
		var m map[string]string
		_ = yaml.Unmarshal(text, &m)
		language := strings.TrimSuffix(strings.TrimPrefix(name, "i18n/"), ".yaml")
		all[language] = m
	}
	return all
})

// words returns the messages of the settings: a site's own, else those in its
// language, else the English ones, with the hub's name filled in.
func words(s Settings, hub string) map[string]any {
	m := make(map[string]any)
	for key, text := range messages()[WordsLanguage(s.Language)] {
		name := strings.TrimPrefix(key, keyPrefix)
		m[name] = strings.ReplaceAll(first(s.Words[name], text), "{{ .hub }}", hub)
	}
	return m
}

// Languages lists the languages that there are words of.
func Languages() []string { return slices.Sorted(maps.Keys(messages())) }

// IsLanguage says whether a text has the form of a language's name.
var IsLanguage = regexp.MustCompile(`^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$`).MatchString

// WordsLanguage returns the language in which a page of another one has its words:
// the same, else what its name begins with, such as pt for pt-BR, else English.
func WordsLanguage(page string) string {
	for name := lowerLanguage(page); name != "" && !slices.Contains(doors.Apart(), name); {
		if messages()[name] != nil {
			return name
		}
		name = name[:max(strings.LastIndexByte(name, '-'), 0)]
	}
	return defaultLanguage
}

func lowerLanguage(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// IsRightToLeft says whether words of a language are written from right to left.
func IsRightToLeft(language string) bool {
	return messages()[language][keyPrefix+"direction"] == "rtl"
}

// foreign says that the words are not in the page's language, but in which: lang
// and dir of the words, and the page's. It is nil where the page's is theirs, or is
// not known.
func foreign(s Settings) map[string]any {
	said := words(s, "")
	page := lowerLanguage(s.Language)
	if page == "" || strings.HasPrefix(page+"-", text(said["language"])+"-") {
		return nil
	}
	return map[string]any{"lang": said["language"], "dir": said["direction"], "page": page}
}

// HasWord says whether there is a message of a key.
func HasWord(key string) bool { return messages()[defaultLanguage][keyPrefix+key] != "" }

// spokenName is what of the name of the file with the script's words stands
// between "bokehbinder." and ".js": the language, and of own words a hash.
func spokenName(s Settings) string {
	language := WordsLanguage(s.Language)
	for _, word := range doors.Script() {
		if s.Words[word] != "" {
			hash := fnv.New32a()
			_, _ = hash.Write(spoken(s))
			return fmt.Sprintf("%s.%x", language, hash.Sum32())
		}
	}
	return language
}

// Spoken returns the words that the script says by the settings, as an ES module,
// and the name by which the script looks for it beside itself.
func Spoken(s Settings) (name string, text []byte) {
	return bokehbinder.WordsName(spokenName(s)), spoken(s)
}

// spoken is the module. What happened and what to do about it are one pair.
func spoken(s Settings) []byte {
	all := words(s, "{hub}")
	said := make(map[string]any)
	for _, word := range doors.Script() {
		text := strings.ReplaceAll(all[word].(string), "{{ .time }}", "{time}")
		if what, isTodo := strings.CutSuffix(word, "_todo"); isTodo {
			said[what] = []any{said[what], text}
		} else {
			said[word] = text
		}
	}
	encoded, _ := json.Marshal(said) // texts alone
	return []byte("export default " + string(encoded) + "\n")
}
