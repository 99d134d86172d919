package post

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// use takes from the front matter what is used of it. What cannot be read is told,
// and goes without: a post without a date is still a post.
func (p *Post) use(all fields) {
	keep := func(err error) {
		if e := (*Error)(nil); errors.As(err, &e) {
			p.told = append(p.told, Warning(*e))
		}
	}
	text := func(names ...string) string {
		for _, name := range names {
			s, e := all[name].asText(name)
			keep(e)
			if s != "" {
				return s
			}
		}
		return ""
	}
	names := func(name string, split func(string) []string) []string {
		list, e := all[name].asNames(name, split)
		keep(e)
		return list
	}
	p.Meta = Meta{
		Title:       text("title"),
		Description: text("description", "excerpt"),
		Lang:        text("lang"),
		Authors:     append(names("author", oneName), names("authors", oneName)...),
		Tags:        names("tags", splitTags),
	}
	if own, ok := all["mdx"].value.(map[string]any); ok {
		p.Meta.Format, _ = own["format"].(string)
	}
	date, e := all["date"].asDate()
	keep(e)
	p.Meta.Date = date
	p.noLiquid = all["render_with_liquid"].value == false
	p.page = map[string]string{}
	for name, f := range all {
		if f.text != "" && isPlainScalar(f.value) && !jekyllsOwn[name] {
			p.page[name] = f.text
		}
	}
}

// Language is what the post says of its language, if that is the name of one.
func (m Meta) Language() string {
	if !view.IsLanguage(m.Lang) {
		return ""
	}
	return m.Lang
}

// jekyllsOwn are the values of a page that Jekyll makes, whatever the front
// matter says.
var jekyllsOwn = map[string]bool{
	"collection": true, "content": true, "date": true, "id": true, "next": true, "output": true,
	"path": true, "previous": true, "relative_path": true, "url": true,
}

var jekyllName = regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2})-(.+)\.[^.]+$`)

// IsJekyll reports whether a file is in a folder from which Jekyll takes posts. A name
// that is no file's, such as that of standard input, is in the current folder.
func IsJekyll(file string) bool {
	path, err := filepath.Abs(file)
	if err != nil {
		return false
	}
	folders := strings.Split(filepath.ToSlash(filepath.Dir(path)), "/")
	return slices.Contains(folders, "_posts") || slices.Contains(folders, "_drafts")
}

// useFileName takes from a Jekyll file name what the front matter does not say.
func (p *Post) useFileName() {
	m := jekyllName.FindStringSubmatch(filepath.Base(p.File))
	if m == nil {
		return
	}
	if date, err := time.Parse("2006-1-2", m[1]); err == nil && p.Meta.Date.IsZero() {
		p.Meta.Date = date
	}
	if p.Meta.Title == "" {
		p.Meta.Title = titleOf(m[2])
		p.page["title"] = p.Meta.Title
	}
}

// titleOf makes a title of the words in a file's name.
func titleOf(slug string) string {
	words := strings.FieldsFunc(slug, func(c rune) bool { return c == '-' })
	for i, word := range words {
		first, n := utf8.DecodeRuneInString(word)
		words[i] = string(unicode.ToUpper(first)) + word[n:]
	}
	return strings.Join(words, " ")
}

// asText returns a field that is a text, a number or a truth value.
func (f field) asText(name string) (string, error) {
	if f.value != nil && !isScalar(f.value) {
		return "", f.fail(name + " must be a text")
	}
	return strings.TrimSpace(f.text), nil
}

// asNames returns a field that is one name or several: a text that split takes
// apart, a list of texts, or the same with mappings that have a name.
func (f field) asNames(name string, split func(string) []string) ([]string, error) {
	switch v := f.value.(type) {
	case nil:
		return nil, nil
	case []any:
		var all []string
		for _, item := range v {
			one, ok := nameOf(item)
			if !ok {
				return nil, f.fail(name + " must be a list of texts")
			}
			all = append(all, one)
		}
		return all, nil
	case map[string]any:
		if one, ok := nameOf(v); ok {
			return []string{one}, nil
		}
		return nil, f.fail(name + " must be a text, a list, or have a name")
	default:
		return split(f.text), nil
	}
}

// nameOf returns the name that one item of a list is or has.
func nameOf(item any) (string, bool) {
	if m, ok := item.(map[string]any); ok {
		item = m["name"]
		if item == nil {
			return "", false
		}
	}
	if !isScalar(item) {
		return "", false
	}
	return scalarText(item), true
}

func oneName(s string) []string { return splitAt(s, func(rune) bool { return false }) }

// splitTags takes tags apart at commas, or at white space if there is none.
func splitTags(s string) []string {
	if strings.Contains(s, ",") {
		return splitAt(s, func(c rune) bool { return c == ',' })
	}
	return strings.Fields(s)
}

// splitAt returns the parts of s that are not blank, trimmed.
func splitAt(s string, at func(rune) bool) (parts []string) {
	for _, part := range strings.FieldsFunc(s, at) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// dateLayouts are the ways to write a date that are understood, besides those
// of the formats themselves.
var dateLayouts = []string{
	time.RFC3339Nano,
	"2006-1-2",
	"2006-1-2 15:4:5.999999999 -0700", "2006-1-2 15:4:5.999999999 -07:00", "2006-1-2 15:4:5.999999999Z07:00",
	"2006-1-2 15:4:5.999999999 UTC", "2006-1-2 15:4:5.999999999",
	"2006-1-2 15:4 -0700", "2006-1-2 15:4 -07:00", "2006-1-2 15:4",
	"2006-1-2T15:4:5.999999999-0700", "2006-1-2T15:4:5.999999999", "2006-1-2T15:4",
	"2006/1/2", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006",
}

func (f field) asDate() (time.Time, error) {
	if f.value == nil || f.text == "" && isScalar(f.value) {
		return time.Time{}, nil
	}
	if date, ok := f.value.(time.Time); ok {
		if strings.HasSuffix(date.Location().String(), "-local") { // TOML's dates without a zone
			_, offset := date.Zone()
			date = date.Add(time.Duration(offset) * time.Second).UTC()
		}
		return date, nil
	}
	for _, layout := range dateLayouts {
		if date, err := time.Parse(layout, strings.TrimSpace(f.text)); err == nil {
			return date, nil
		}
	}
	return time.Time{}, f.fail(fmt.Sprintf("date %q is not understood; write it as 2020-11-03 or 2020-11-03 10:00:00 +0100", f.text))
}

// isScalar reports whether a value of front matter is a single one.
func isScalar(v any) bool {
	switch v.(type) {
	case []any, map[string]any, map[any]any, []map[string]any, nil:
		return false
	}
	return true
}

// isPlainScalar reports whether Jekyll prints a value as it was written.
func isPlainScalar(v any) bool {
	switch v.(type) {
	case string, bool, int, int64:
		return true
	case json.Number:
		return true
	}
	return false
}

// scalarText returns a scalar as text, and "" for anything else.
func scalarText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	if !isScalar(v) {
		return ""
	}
	return fmt.Sprint(v)
}
