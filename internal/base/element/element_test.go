package element_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/element"
)

// TestEach reads start tags, and finds each value where it is written.
func TestEach(t *testing.T) {
	for text, want := range map[string]string{
		`<p>`:                                         "p",
		`<A HREF="a&amp;b">x</A> <br/>`:               "a href=a&b; br",
		`<a href=/x/ rel = 'no "x"' hidden>`:          `a href=/x/ rel=no "x" hidden=`,
		`<bokeh-binder data-a="1>2" data-b="">`:       "bokeh-binder data-a=1>2 data-b=",
		`<!-- <a href="x"> --><b>`:                    "b",
		`<!-- <a`:                                     "",
		`<script src="s.js">"<a href=x>"</script><i>`: "script src=s.js; i",
		`<TITLE><b></title ><i>`:                      "title; i",
		`1 < 2 <3> </p>`:                              "",
		`<style>`:                                     "style",
		`<a x="1`:                                     "a x=",
	} {
		var got []string
		element.Each(text, func(name string, attributes []element.Attribute) {
			for _, a := range attributes {
				name += fmt.Sprintf(" %s=%s", a.Name, a.Value)
				if raw := text[a.Start:a.End]; strings.ReplaceAll(raw, "&amp;", "&") != a.Value {
					t.Errorf("%s: %s is at %q", text, a.Name, raw)
				}
			}
			got = append(got, name)
		})
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
