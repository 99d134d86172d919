package repository

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/visible"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// DisplayPath writes a path as readers may see it: bytes that are not UTF-8 as
// \xNN, and characters that cannot be seen as package visible writes them. It is no part
// of p, with which a tree's whole list may be kept.
func DisplayPath(p string) string {
	if utf8.ValidString(p) {
		return strings.Clone(oneLine.Replace(visible.Text(p)))
	}
	var b strings.Builder
	for len(p) > 0 {
		r, n := utf8.DecodeRuneInString(p)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, p[0])
		} else {
			b.WriteString(p[:n])
		}
		p = p[n:]
	}
	return oneLine.Replace(visible.Text(b.String()))
}

// oneLine makes visible what visible.Text leaves for texts of several lines.
var oneLine = strings.NewReplacer("\n", "␊", "\t", "␉")

// lfsPointer is the form of the file that stands for one in Git LFS.
var lfsPointer = regexp.MustCompile(`\Aversion https://git-lfs\.github\.com/spec/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?size ([0-9]{1,18})\n`)

// lfsSize returns the size of the file that a Git LFS pointer stands for.
func lfsSize(data []byte) (int64, bool) {
	if len(data) > 1024 {
		return 0, false
	}
	m := lfsPointer.FindSubmatch(data)
	if m == nil {
		return 0, false
	}
	size, err := strconv.ParseInt(string(m[1]), 10, 64)
	return size, err == nil
}

// isBinary says whether content is no text: it has a NUL, or more than a tenth
// of it is not UTF-8.
func isBinary(data []byte) bool {
	if bytes.IndexByte(data, 0) >= 0 {
		return true
	}
	invalid := 0
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 && utf8.FullRune(data[i:]) {
			invalid++
		}
		i += n
	}
	return invalid*10 > len(data)
}

// cleanText makes valid UTF-8 with LF line ends of content: a byte-order mark
// at the beginning is dropped, CRLF and CR become LF, each run of bytes that is
// not UTF-8 becomes U+FFFD, and characters that cannot be seen are written out.
func cleanText(data []byte) string {
	text := strings.TrimPrefix(string(data), "\ufeff")
	if strings.Contains(text, "\r") {
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	}
	return visible.Text(strings.ToValidUTF8(text, "\ufffd"))
}

// budget is how much text still fits on a card.
type budget int

// take returns the text of a blob as far as it fits: up to a line's end, with
// [card.OmittedLarge], if not the whole does.
func (b *budget) take(blob repo.Blob) (text string, omitted card.Omitted) {
	whole := blob.Size <= int64(len(blob.Data))
	text = cleanText(blob.Data)
	limit := min(card.MaxFileText, int(*b))
	if !whole || len(text) > limit {
		text, omitted = cutLine(text, limit), card.OmittedLarge
	}
	*b -= budget(len(text))
	return text, omitted
}

// cutLine cuts a text after its last line end within the limit. The text of a
// single long line goes altogether.
func cutLine(text string, limit int) string {
	text = text[:min(len(text), limit)]
	return text[:strings.LastIndexByte(text, '\n')+1]
}

// LineAt returns a line of a text, from 1, without its end.
func LineAt(text string, number int) string {
	for line := range strings.Lines(text) {
		if number--; number == 0 {
			return strings.TrimRight(line, "\r\n")
		}
	}
	return ""
}

// Stem is a path's last element, without an extension.
func Stem(p string) string { return strings.TrimSuffix(path.Base(p), path.Ext(p)) }
