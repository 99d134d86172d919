package codeblock_test

import (
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/post/codeblock"
)

func TestWrite(t *testing.T) {
	for _, test := range []struct {
		name, code, language string
		numbers              bool
		want                 string
	}{
		{"python", "x = 1\n", "python", false,
			`<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>` + "\n"},
		{"CRLF", "x\r\ny\r\n", "python", false,
			"<span class=\"n\">x</span>\n<span class=\"n\">y</span>\n"},
		{"unknown", "a < b\n", "no-such-language", false, "a &lt; b\n"},
		{"none", "a < b", "", false, "a &lt; b"},
		{"numbers", "a\nb\n", "text", true,
			"<span class=\"line\"><span class=\"ln\">1</span><span class=\"cl\">a\n</span></span>" +
				"<span class=\"line\"><span class=\"ln\">2</span><span class=\"cl\">b\n</span></span>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			if err := codeblock.Write(&b, test.code, test.language, test.numbers); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.want {
				t.Errorf("got  %q\nwant %q", b.String(), test.want)
			}
		})
	}
}

func TestHas(t *testing.T) {
	for language, want := range map[string]bool{
		"python": true, "py": true, "Python": true, "bash": true, "plaintext": true,
		"liquid": true, "Terminal": true, "": false, "no-such-language": false,
	} {
		if got := codeblock.Has(language); got != want {
			t.Errorf("Has(%q) = %v", language, got)
		}
	}
}

func TestRougeNames(t *testing.T) {
	for _, name := range strings.Fields(`common_lisp cuda dlang eruby gnumake irb jsonc json-doc jsp liquid mustache
		obj_c objective_c pascal plsql shell_session terminal vimscript visualbasic`) {
		if !codeblock.Has(name) {
			t.Errorf("%s is not known", name)
		}
	}
}
