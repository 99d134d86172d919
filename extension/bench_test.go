package extension_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	gm "github.com/yuin/goldmark/extension"

	"github.com/bokehbinder/bokehbinder/extension"
)

// largeDocument is about a megabyte of everyday Markdown without a tag: prose
// with markup, lists, tables, code, quotes, raw HTML and CUDA's angle brackets.
func largeDocument() []byte {
	var b bytes.Buffer
	for i := range 900 {
		fmt.Fprintf(&b, "## Chapter %d\n\n", i)
		b.WriteString(strings.Repeat("Some *plain* text with a [link](https://example.org/a_b), `code`, and a < b << c. ", 6))
		b.WriteString("\n\n- one\n- two **strong**\n- three <b>raw</b>\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n> quoted\n> text\n\n")
		b.WriteString("```cuda\nkernel<<<grid, block>>>(x);\n```\n\nLaunch kernel<<<grid, block>>>(x) and see <https://example.org>.\n\n")
	}
	return b.Bytes()
}

// BenchmarkWithoutTags converts a large document without tags with and without
// the extension, in turns, and reports how much longer the extension makes it
// take in the best of the runs of each, in percent.
func BenchmarkWithoutTags(b *testing.B) {
	source := largeDocument()
	plain := goldmark.New(goldmark.WithExtensions(gm.GFM, gm.Footnote))
	extended := goldmark.New(goldmark.WithExtensions(gm.GFM, gm.Footnote, &extension.Extender{}))
	convert := func(md goldmark.Markdown) time.Duration {
		start := time.Now()
		if err := md.Convert(source, io.Discard); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	const turns = 60
	best := [2]time.Duration{time.Hour, time.Hour}
	for b.Loop() {
		for range turns {
			best[0] = min(best[0], convert(plain))
			best[1] = min(best[1], convert(extended))
		}
	}
	b.ReportMetric(float64(len(source))/1e6, "MB-document")
	b.ReportMetric(100*(float64(best[1])/float64(best[0])-1), "%-slower")
	b.ReportMetric(float64(best[0].Microseconds())/1000, "ms-plain")
}
