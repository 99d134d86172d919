package post

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// Parse reads a post: what it has for front matter, and where its body begins.
// The file's name is for messages, and for the date and title of a file with a
// Jekyll name, 2020-11-03-title.md. An error is an *[Error].
func Parse(file string, src []byte) (*Post, error) {
	if err := checkText(file, src); err != nil {
		return nil, err
	}
	text := bytes.TrimPrefix(src, []byte("\ufeff"))
	fm, err := cut(file, text)
	if err != nil {
		return nil, err
	}
	fields, err := fm.read()
	if err != nil {
		return nil, err
	}
	p := &Post{
		File:      file,
		Body:      text[fm.body:],
		FirstLine: position.Line(text, fm.body),
	}
	p.use(fields)
	p.useFileName()
	return p, nil
}

// Plain reads a post that has no front matter. An error is an *[Error].
func Plain(file string, src []byte) (*Post, error) {
	if err := checkText(file, src); err != nil {
		return nil, err
	}
	return &Post{File: file, Body: bytes.TrimPrefix(src, []byte("\ufeff")), FirstLine: 1}, nil
}

// checkText refuses what is not UTF-8, as Jekyll and Hugo do.
func checkText(file string, src []byte) error {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return &Error{
				Pos:     position.Count(position.Position{File: file, Line: 1, Column: 1}, src).At(i),
				Message: fmt.Sprintf("byte 0x%02x is not UTF-8; save the post as UTF-8", src[i]),
			}
		}
		i += n
	}
	return nil
}

// format is a format of front matter.
type format int

const (
	formatNone format = iota
	formatYAML
	formatTOML
	formatJSON
)

// frontMatter is the front matter of a file.
type frontMatter struct {
	file   string
	format format
	// text is what stands between the lines that enclose it; JSON's braces are
	// part of it.
	text []byte
	// line is the number of the text's first line.
	line int
	// body is the offset in the file at which the body begins.
	body int
}

var (
	keyLine   = regexp.MustCompile(`^["']?[\w-]+["']?[ \t]*:([ \t\r\n]|$)`)
	jsonStart = regexp.MustCompile(`^\{\s*["}]`)
)

// cut finds the front matter.
func cut(file string, text []byte) (*frontMatter, error) {
	fm := &frontMatter{file: file, line: 2}
	first := lineOf(text, 0)
	switch {
	case isFence(first, "---"):
		rest := text[len(first):]
		found := fm.cutFences(text, len(first), "---", "...")
		if !found && keyLine.Match(rest) {
			return nil, fm.errorAt(1, 1, "front matter begins here but does not end: no line --- follows")
		}
		if found {
			fm.format = formatYAML
		}
	case isFence(first, "+++"):
		if !fm.cutFences(text, len(first), "+++") {
			return nil, fm.errorAt(1, 1, "front matter begins here but does not end: no line +++ follows")
		}
		fm.format = formatTOML
	case jsonStart.Match(text):
		fm.format, fm.line, fm.text = formatJSON, 1, text
	}
	return fm, nil
}

// cutFences takes the lines from an offset up to one of the given ones.
func (fm *frontMatter) cutFences(text []byte, from int, ends ...string) bool {
	for at := from; at < len(text); {
		line := lineOf(text, at)
		for _, end := range ends {
			if isFence(line, end) {
				fm.text, fm.body = text[from:at], at+len(line)
				return true
			}
		}
		at += len(line)
	}
	return false
}

// isFence reports whether a line is one that encloses front matter.
func isFence(line []byte, fence string) bool {
	return string(bytes.TrimRight(line, " \t\r\n")) == fence
}

// lineOf returns the line that begins at an offset, with its end.
func lineOf(text []byte, at int) []byte {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return text[at : at+i+1]
	}
	return text[at:]
}

func (fm *frontMatter) errorAt(line, column int, message string) error {
	return &Error{Pos: position.Position{File: fm.file, Line: line, Column: column}, Message: message}
}

// errorAtOffset is errorAt for a place in the front matter's text.
func (fm *frontMatter) errorAtOffset(offset int, message string) error {
	return &Error{Pos: position.Count(position.Position{File: fm.file, Line: fm.line, Column: 1}, fm.text).At(offset), Message: message}
}
