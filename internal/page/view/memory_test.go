package view

import (
	"html/template"
	"strings"
	"testing"
)

// TestMemory counts how often something is made, and how much is kept.
func TestMemory(t *testing.T) {
	var m memory
	made := 0
	of := func(c code, size int) {
		t.Helper()
		want := template.HTML(strings.Repeat("x", size))
		if got, err := m.of(c, func() (template.HTML, error) { made++; return want, nil }); err != nil || got != want {
			t.Errorf("%v: %d bytes, %v", c, len(got), err)
		}
		if m.size > maxRemembered {
			t.Errorf("%d bytes are kept", m.size)
		}
	}
	for range 100 {
		of(code{"a = 1", "python"}, 10)
		of(code{"a = 1", "r"}, 20)
	}
	if made != 2 {
		t.Errorf("two files were made %d times", made)
	}
	for range 2 {
		of(code{"large", "r"}, maxRemembered+1)
	}
	if made != 4 {
		t.Errorf("a file that is not kept was made %d times", made-2)
	}
	for i := range 100 {
		of(code{strings.Repeat("y", i), "r"}, maxRemembered/10)
	}
}
