// Package codeblock highlights code as HTML. The classes of the spans are
// those of Pygments, which Rouge, Jekyll's highlighter, has as well: a theme's
// style sheet for Jekyll colours what this package writes.
package codeblock

import (
	"io"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// PreClass is the class of the pre element around highlighted code: Rouge's
// name for it and chroma's.
const PreClass = "highlight chroma"

var (
	plain    = html.New(html.WithClasses(true), html.PreventSurroundingPre(true))
	numbered = html.New(html.WithClasses(true), html.WithLineNumbers(true), html.WithPreWrapper(bare{}))
)

// bare is no wrapper at all: the caller writes its own, and the lines stay.
type bare struct{}

func (bare) Start(bool, string) string { return "" }
func (bare) End(bool) string           { return "" }

// Has reports whether there is a lexer for the language.
func Has(language string) bool { return lexer(language) != nil }

// Write writes code with each token in a span, and with the numbers of the
// lines if asked to. Code in a language that is not known is written as text.
func Write(w io.Writer, code, language string, lineNumbers bool) error {
	l := lexer(language)
	if l == nil {
		l = lexers.Fallback
	}
	tokens, err := chroma.Coalesce(l).Tokenise(nil, strings.ReplaceAll(code, "\r\n", "\n"))
	if err != nil {
		return err
	}
	formatter := plain
	if lineNumbers {
		formatter = numbered
	}
	return formatter.Format(w, styles.Fallback, tokens)
}

// rougeNames are languages that Rouge knows by another name than chroma, with
// chroma's name of the same language or the nearest.
var rougeNames = map[string]string{
	"common_lisp": "common-lisp", "cuda": "c++", "dlang": "d", "eruby": "erb", "gnumake": "make",
	"irb": "ruby", "jsonc": "json", "json-doc": "json", "jsp": "html", "liquid": "django",
	"mustache": "handlebars", "obj_c": "objc", "objective_c": "objc", "pascal": "objectpascal",
	"plsql": "sql", "shell_session": "console", "terminal": "console", "vimscript": "vim",
	"visualbasic": "vb.net",
}

func lexer(language string) chroma.Lexer {
	if language == "" {
		return nil
	}
	if name, ok := rougeNames[strings.ToLower(language)]; ok {
		language = name
	}
	return lexers.Get(language)
}
