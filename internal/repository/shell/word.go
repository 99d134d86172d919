package shell

import (
	"path"
	"slices"
	"strings"
)

// Limits on a word: its bytes, and its pieces.
const (
	maxWord   = 16 << 10
	maxPieces = 200
)

// Word is an argument as far as it is known: pieces of text, some of which are
// not known.
type Word struct{ parts []piece }

// piece is a known text, or the name of what is not known.
type piece struct {
	text    string
	unknown bool
}

// Known returns a word that is a text.
func Known(text string) Word { return Word{[]piece{{text: text}}} }

// Unknown returns a word that is not known. The name says what would be there,
// "?" for a command's output.
func Unknown(name string) Word { return Word{[]piece{{name, true}}} }

// Text returns the word if the whole of it is known.
func (w Word) Text() (text string, known bool) {
	for _, p := range w.parts {
		if p.unknown {
			return "", false
		}
		text += p.text
	}
	return text, true
}

// Is says whether the word is surely this text.
func (w Word) Is(text string) bool {
	have, known := w.Text()
	return known && have == text
}

// String returns the word with what is not known in braces: "--port={PORT}".
func (w Word) String() string {
	var b strings.Builder
	for _, p := range w.parts {
		if p.unknown {
			b.WriteString("{" + p.text + "}")
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// blank says that nothing of the word is known.
func (w Word) blank() bool {
	return !slices.ContainsFunc(w.parts, func(p piece) bool { return !p.unknown && p.text != "" })
}

// Base returns the last element of a path, which may be known though the folder
// is not.
func (w Word) Base() (base string, known bool) {
	tail := ""
	for i := len(w.parts) - 1; i >= 0; i-- {
		p := w.parts[i]
		if p.unknown {
			if slash := strings.LastIndexByte(tail, '/'); slash >= 0 && slash+1 < len(tail) {
				return tail[slash+1:], true
			}
			return "", false
		}
		tail = p.text + tail
	}
	return path.Base(tail), true
}

// Names says whether a part of the word that is not known has this name.
func (w Word) Names(name string) bool {
	for _, p := range w.parts {
		if p.unknown && p.text == name {
			return true
		}
	}
	return false
}

// Strings returns words as texts, see [Word.String].
func Strings(words []Word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.String()
	}
	return out
}

func (w Word) add(more Word) Word {
	size := 0
	for _, p := range w.parts {
		size += len(p.text)
	}
	for _, p := range more.parts {
		size += len(p.text)
	}
	if size > maxWord || len(w.parts)+len(more.parts) > maxPieces {
		return Unknown("?")
	}
	out := append([]piece(nil), w.parts...)
	for _, p := range more.parts {
		if n := len(out); n > 0 && !p.unknown && !out[n-1].unknown {
			out[n-1].text += p.text
		} else {
			out = append(out, p)
		}
	}
	return Word{out}
}

// prefix returns the known text at a word's beginning.
func (w Word) prefix() string {
	if len(w.parts) == 0 || w.parts[0].unknown {
		return ""
	}
	return w.parts[0].text
}

// cut drops the first n bytes, which are known.
func (w Word) cut(n int) Word {
	out := append([]piece(nil), w.parts...)
	out[0].text = out[0].text[n:]
	return Word{out}
}
