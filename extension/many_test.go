package extension_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yuin/goldmark"

	"github.com/bokehbinder/bokehbinder/extension"
)

// TestManyEmbeds has a document of 20 embeds be 20 times as long as one of one:
// nothing of it grows faster than the number of tags, and none is over its 5 KB.
func TestManyEmbeds(t *testing.T) {
	size := func(n int) int {
		var out bytes.Buffer
		md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: site, IDPrefix: "bb"}))
		if err := md.Convert([]byte(strings.Repeat("<<< bokehbinder repo=demo/sine show=launch,app >>>\n\n", n)), &out); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(out.String(), "<bokeh-binder"); got != n {
			t.Fatalf("%d embeds of %d tags", got, n)
		}
		return out.Len()
	}
	one, two, twenty := size(1), size(2), size(20)
	// The ids of ten and more have a digit more.
	if each := two - one; twenty > one+19*(each+each/50) {
		t.Errorf("1, 2 and 20 embeds have %d, %d and %d bytes", one, two, twenty)
	}
	if twenty > 20*5_000 {
		t.Errorf("20 embeds have %d bytes", twenty)
	}
	t.Logf("1, 2 and 20 embeds have %d, %d and %d bytes", one, two, twenty)
}
