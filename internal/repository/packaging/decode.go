package packaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// byteOrderMarks are those that pip knows, in its order: that of UTF-32 begins
// with that of UTF-16.
var byteOrderMarks = []struct {
	mark   string
	decode func([]byte) (string, error)
}{
	{"\xef\xbb\xbf", decodeUTF8},
	{"\xff\xfe\x00\x00", func(b []byte) (string, error) { return decodeUTF32(b, binary.LittleEndian) }},
	{"\x00\x00\xfe\xff", func(b []byte) (string, error) { return decodeUTF32(b, binary.BigEndian) }},
	{"\xff\xfe", func(b []byte) (string, error) { return decodeUTF16(b, binary.LittleEndian) }},
	{"\xfe\xff", func(b []byte) (string, error) { return decodeUTF16(b, binary.BigEndian) }},
}

// encodingLine is how one of a list's first two lines names its encoding.
var encodingLine = regexp.MustCompile(`^#.*coding[:=]\s*([-\w.]+)`)

// ErrEncoding says that a list of packages is in an encoding that is not
// decoded here, though Python may know it.
var ErrEncoding = errors.New("its encoding is not known here")

// Decode decodes a list of packages as pip does: by its byte-order mark, by a
// comment that names its encoding, or else as UTF-8. The error is that pip
// cannot, or [ErrEncoding].
func Decode(data []byte) (string, error) {
	for _, b := range byteOrderMarks {
		if rest, ok := bytes.CutPrefix(data, []byte(b.mark)); ok {
			return b.decode(rest)
		}
	}
	for i, line := range bytes.SplitN(data, []byte("\n"), 3) {
		if m := encodingLine.FindSubmatch(line); m != nil && i < 2 {
			return decodeNamed(data, string(m[1]))
		}
	}
	return decodeUTF8(data)
}

// PlainUTF8 says whether a list of packages can be changed as the bytes that
// it has: it is UTF-8 without more.
func PlainUTF8(data []byte) bool {
	text, err := Decode(data)
	return err == nil && (text == string(data) || "\ufeff"+text == string(data))
}

// decodeNamed decodes by Python's name of an encoding.
func decodeNamed(data []byte, name string) (string, error) {
	switch strings.ReplaceAll(strings.ToLower(name), "_", "-") {
	case "utf-8", "utf8", "u8", "utf-8-sig", "cp65001":
		return decodeUTF8(data)
	case "ascii", "us-ascii":
		if i := bytes.IndexFunc(data, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
			return "", fmt.Errorf("it is not ASCII: byte 0x%02x at %d", data[i], i)
		}
		return string(data), nil
	case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1":
		var b strings.Builder
		for _, c := range data {
			b.WriteRune(rune(c))
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("%s: %w", name, ErrEncoding)
}

func decodeUTF8(data []byte) (string, error) {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return "", fmt.Errorf("it is not UTF-8: byte 0x%02x at %d", data[i], i)
		}
		i += n
	}
	return string(data), nil
}

func decodeUTF16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", errors.New("it is not UTF-16: it ends within a character")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	for i := 0; i < len(units); i++ {
		if u := rune(units[i]); utf16.IsSurrogate(u) {
			if i+1 == len(units) || utf16.DecodeRune(u, rune(units[i+1])) == utf8.RuneError {
				return "", fmt.Errorf("it is not UTF-16: half of a character at %d", 2*i)
			}
			i++
		}
	}
	return string(utf16.Decode(units)), nil
}

func decodeUTF32(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%4 != 0 {
		return "", errors.New("it is not UTF-32: it ends within a character")
	}
	var b strings.Builder
	for i := 0; i < len(data); i += 4 {
		r := order.Uint32(data[i:])
		if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
			return "", fmt.Errorf("it is not UTF-32: no character at %d", i)
		}
		b.WriteRune(rune(r))
	}
	return b.String(), nil
}
