package visible_test

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/base/visible"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "plain text\n\twith a tab\n", "plain text\n\twith a tab\n"},
		{"override", "a\u202eb", "a⟨U+202E⟩b"},
		{"isolate", "a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"},
		{"marks", "\u200e\u200f\u061c", "⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩"},
		{"no width", "a\u200b\u2060\ufeff\u00adb", "a⟨U+200B⟩⟨U+2060⟩⟨U+FEFF⟩⟨U+00AD⟩b"},
		{"separators", "\u2028\u2029", "⟨U+2028⟩⟨U+2029⟩"},
		{"tags", "\U000e0041", "⟨U+E0041⟩"},
		{"ASCII controls", "\x00\x1b[31m\r\x7f", "␀␛[31m␍␡"},
		{"C1 controls", "\u0085\u009b", "⟨U+0085⟩⟨U+009B⟩"},
		{"not a character", "\ufffe\U0001ffff", "⟨U+FFFE⟩⟨U+1FFFF⟩"},
		{"joiners are needed", "👩\u200d🔬 نمی\u200cخواهم", "👩\u200d🔬 نمی\u200cخواهم"},
		{"right to left letters", "שלום", "שלום"},
		{"not UTF-8", "a\xffb", "a\ufffdb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := visible.Text(test.in); got != test.want {
				t.Errorf("Text(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestTextTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := visible.Text(rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text"))
		if !utf8.ValidString(once) {
			t.Errorf("%q is not UTF-8", once)
		}
		if twice := visible.Text(once); twice != once {
			t.Errorf("%q became %q", once, twice)
		}
	})
}
