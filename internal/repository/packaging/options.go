package packaging

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Option is an option of pip's in a list of packages.
type Option struct {
	// Name is its whole long name, such as "--index-url".
	Name  string
	Value string
}

// optionForm says what pip knows about an option.
type optionForm struct {
	long  []string // the first is its name
	short string
	flag  bool
	value *regexp.Regexp // that a value must be like
}

// optionForms are the options that pip takes in a list of packages.
var optionForms = []optionForm{
	{long: []string{"--index-url", "--pypi-url"}, short: "-i"},
	{long: []string{"--extra-index-url"}},
	{long: []string{"--no-index"}, flag: true},
	{long: []string{"--constraint"}, short: "-c"},
	{long: []string{"--requirement"}, short: "-r"},
	{long: []string{"--editable"}, short: "-e"},
	{long: []string{"--find-links"}, short: "-f"},
	{long: []string{"--no-binary"}},
	{long: []string{"--only-binary"}},
	{long: []string{"--prefer-binary"}, flag: true},
	{long: []string{"--require-hashes"}, flag: true},
	{long: []string{"--pre"}, flag: true},
	{long: []string{"--trusted-host"}},
	{long: []string{"--use-feature"}, value: regexp.MustCompile(`^(fast-deps|truststore|no-binary-enable-wheel-cache)$`)},
	{long: []string{"--global-option"}},
	{long: []string{"--hash"}, value: regexp.MustCompile(`^(sha256|sha384|sha512):`)},
	{long: []string{"--config-settings", "--config-setting"}, short: "-C", value: regexp.MustCompile(`^[^=]+=`)},
}

// parseOptions reads options as Python's optparse does. What is no option is
// passed over, as pip does.
func parseOptions(text string) ([]Option, error) {
	words, err := splitWords(text)
	if err != nil {
		return nil, err
	}
	var out []Option
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "--":
			return out, nil
		case strings.HasPrefix(word, "--"):
			o, rest, err := longOption(word, words)
			if err != nil {
				return nil, err
			}
			out, words = append(out, o), rest
		case strings.HasPrefix(word, "-") && word != "-":
			o, rest, err := shortOption(word, words)
			if err != nil {
				return nil, err
			}
			out, words = append(out, o), rest
		}
	}
	return out, nil
}

// longOption reads an option by its long name, which may be cut short.
func longOption(word string, words []string) (Option, []string, error) {
	name, value, inline := strings.Cut(word, "=")
	var found []optionForm
	whole := false
	for _, f := range optionForms {
		for _, long := range f.long {
			if long == name {
				found, whole = []optionForm{f}, true
			} else if strings.HasPrefix(long, name) && !whole {
				found = append(found, f)
			}
		}
	}
	found = slices.CompactFunc(found, func(a, b optionForm) bool { return a.long[0] == b.long[0] })
	switch {
	case len(found) == 0:
		return Option{}, nil, fmt.Errorf("%s is no option that pip takes in a list of packages", name)
	case len(found) > 1:
		return Option{}, nil, fmt.Errorf("%s may be any of several options", name)
	case found[0].flag && inline:
		return Option{}, nil, fmt.Errorf("%s takes no value", name)
	case inline:
		o, err := found[0].with(value)
		return o, words, err
	}
	return found[0].take(words)
}

// shortOption reads an option of one letter, whose value may follow at once.
func shortOption(word string, words []string) (Option, []string, error) {
	for _, f := range optionForms {
		if f.short != word[:2] {
			continue
		}
		if len(word) > 2 {
			o, err := f.with(word[2:])
			return o, words, err
		}
		return f.take(words)
	}
	return Option{}, nil, fmt.Errorf("%s is no option that pip takes in a list of packages", word[:2])
}

// take takes an option's value, if it has one, from the words that follow.
func (f optionForm) take(words []string) (Option, []string, error) {
	switch {
	case f.flag:
		return Option{Name: f.long[0]}, words, nil
	case len(words) == 0:
		return Option{}, nil, fmt.Errorf("%s lacks its value", f.long[0])
	}
	o, err := f.with(words[0])
	return o, words[1:], err
}

func (f optionForm) with(value string) (Option, error) {
	if f.value != nil && !f.value.MatchString(value) {
		return Option{}, fmt.Errorf("%s cannot be %q", f.long[0], value)
	}
	return Option{f.long[0], value}, nil
}

// splitWords splits a text at white space as a POSIX shell does, with its
// quotations and backslashes and nothing else.
func splitWords(text string) ([]string, error) {
	var out []string
	var word strings.Builder
	begun := false
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'':
			if i++; i == len(text) {
				return nil, errUnclosed
			}
			if quote == '"' && text[i] != '"' && text[i] != '\\' {
				word.WriteByte('\\')
			}
			word.WriteByte(text[i])
			begun = true
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, begun = c, true
		case strings.IndexByte(" \t\r\n", c) >= 0:
			if begun {
				out = append(out, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if quote != 0 {
		return nil, errUnclosed
	}
	if begun {
		out = append(out, word.String())
	}
	return out, nil
}
