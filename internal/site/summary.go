package site

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Summary is how Hugo makes summaries of pages that have none of their own: it
// takes the page up to the end of the paragraph by which it has counted as many
// words.
type Summary struct {
	// Words is Hugo's summaryLength, of the language that has the least.
	Words int
	// CJK is Hugo's hasCJKLanguage: letters are counted in place of words.
	CJK bool
}

// summaryOf reads the settings. Hugo does not tell what is zero, so the site's own
// files are asked first.
func summaryOf(config, own tree) Summary {
	const byDefault = 70
	s := Summary{Words: byDefault}
	for _, t := range []tree{config, own} {
		if words, ok := number(t["summarylength"]); ok {
			s.Words = words
		}
		cjk, _ := t["hascjklanguage"].(bool)
		s.CJK = s.CJK || cjk
	}
	languages := own.child("languages")
	for name := range languages {
		if words, ok := number(languages.child(name)["summarylength"]); ok {
			s.Words = min(s.Words, words)
		}
	}
	return s
}

// number reads a whole number, whatever the format of the configuration.
func number(v any) (int, bool) {
	n, err := strconv.Atoi(fmt.Sprint(v))
	return n, err == nil
}

// InSummaries says of which of the uses Hugo takes the embed into the summary that
// it makes of the page, one for each page. Who has thought of it, and has written
// a summary or a divider, is told nothing.
func (s *Site) InSummaries(uses []Use) ([]Problem, error) {
	var found []Problem
	for _, name := range s.pages(uses) {
		src, err := os.ReadFile(s.file(name))
		if err != nil {
			return nil, err
		}
		p := readFile(name, src)
		first, ok := p.firstEmbed()
		asked := slices.ContainsFunc(uses, func(u Use) bool { return u.Pos == first.Pos })
		if ok && asked && p.inSummary(first, s.Summary) {
			found = append(found, Problem{Where: first.Pos.String(), Message: inSummary, Hint: hintSummary})
		}
	}
	return found, nil
}

const (
	inSummary   = "the page's automatic summary holds this embed"
	hintSummary = "put <!--more--> before it, or give the page a summary in its front matter"
)

// pages lists the content files of the uses that are pages with a text, each once.
func (s *Site) pages(uses []Use) []string {
	var names []string
	for _, u := range uses {
		isPage := isMarkdown(u.Pos.File) && !isSection(u.Pos.File)
		if !s.Other && isPage && !slices.Contains(names, u.Pos.File) {
			names = append(names, u.Pos.File)
		}
	}
	return names
}

// file is the path of a file by its [Site.Name].
func (s *Site) file(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.Root, name)
}

// isSection reports whether a file is a list of pages, _index.md or _index.de.md.
func isSection(file string) bool {
	return strings.HasPrefix(filepath.Base(file), "_index.")
}

func (p *contentFile) firstEmbed() (Use, bool) {
	at := slices.IndexFunc(p.uses, func(u Use) bool { return !u.link })
	if at < 0 {
		return Use{}, false
	}
	return p.uses[at], true
}

// inSummary reports whether the summary that Hugo makes of the page reaches an embed.
func (p *contentFile) inSummary(u Use, s Summary) bool {
	fields := p.fields()
	if text, _ := fields["summary"].(string); text != "" || bytes.Contains(p.src[p.body:], []byte("<!--more-->")) {
		return false
	}
	cjk, said := fields["iscjklanguage"].(bool)
	if !said {
		cjk = s.CJK && unspaced.Match(p.src)
	}
	words := 0
	paragraphs := strings.SplitAfter(p.before(u), "</p>")
	for _, paragraph := range paragraphs[:len(paragraphs)-1] {
		words += countWords(paragraph, cjk)
	}
	return words < s.Words
}

// fields returns what the front matter says, with keys in lower case. What cannot
// be read says nothing here; Hugo refuses the page.
func (p *contentFile) fields() tree {
	text := bytes.TrimSpace(bytes.TrimPrefix(p.src[:p.body], []byte("\ufeff")))
	format, fence := ".json", ""
	switch {
	case bytes.HasPrefix(text, []byte("---")):
		format, fence = ".yaml", "-"
	case bytes.HasPrefix(text, []byte("+++")):
		format, fence = ".toml", "+"
	}
	var fields map[string]any
	if err := decoders[format](bytes.Trim(text, fence), &fields); err != nil {
		return nil
	}
	return lower(fields).(tree)
}

// embedMark stands for an embed in the page's text: a character that no page has.
const embedMark = "\uf8ff"

// before returns the HTML of the page up to an embed.
func (p *contentFile) before(u Use) string {
	text := slices.Clone(p.masked)
	copy(text[u.start:], embedMark)
	var html bytes.Buffer
	if err := hugoMarkdown().Convert(text[p.body:], &html); err != nil {
		return ""
	}
	before, _, _ := strings.Cut(html.String(), embedMark)
	if u.Shortcode == "" && endsInParagraph(before) {
		before += "</p>" // a tag ends the paragraph that it stands in
	}
	return before
}

// endsInParagraph reports whether HTML ends in a paragraph that has a text.
func endsInParagraph(html string) bool {
	at := strings.LastIndex(html, "<p>")
	return at > strings.LastIndex(html, "</p>") && at+len("<p>") < len(html)
}

var (
	// unspaced matches what is written without spaces between words.
	unspaced = regexp.MustCompile(`\p{Han}|\p{Hangul}|\p{Hiragana}|\p{Katakana}`)
	// noWord matches what Hugo takes for a piece of HTML.
	noWord   = regexp.MustCompile(`^(?:>|</?[A-Za-z]+>?)$|^[A-Za-z]+=["']`)
	htmlTags = regexp.MustCompile(`<[^>]*>?`)
)

// countWords counts the words of some HTML as Hugo does for summaries; of
// languages without spaces between words, their letters.
func countWords(html string, cjk bool) int {
	count := 0
	for word := range strings.FieldsFuncSeq(html, unicode.IsSpace) {
		if noWord.MatchString(word) {
			continue
		}
		text := htmlTags.ReplaceAllString(word, "")
		if letters := utf8.RuneCountInString(text); cjk && letters < len(text) {
			count += letters
		} else {
			count++
		}
	}
	return count
}
