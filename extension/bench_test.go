package extension_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	gm "github.com/yuin/goldmark/extension"

	"github.com/bokehbinder/bokehbinder/extension"
)

// largeDocument is goldmark's own benchmark document, five times: a megabyte of
// a book's Markdown.
func largeDocument(b *testing.B) []byte {
	data, err := os.ReadFile(filepath.Join(goldmarkDir(b), "_benchmark", "cmark", "_data.md"))
	if err != nil {
		b.Fatal(err)
	}
	return bytes.Repeat(append(data, '\n'), 5)
}

// BenchmarkWithoutTags converts a large document without tags with and without
// the extension, in turns. It reports how much longer the extension makes a
// conversion take, in percent: the median of the turns, since one turn on a
// busy machine says little.
func BenchmarkWithoutTags(b *testing.B) {
	source := largeDocument(b)
	plain := goldmark.New(goldmark.WithExtensions(gm.GFM, gm.Footnote))
	extended := goldmark.New(goldmark.WithExtensions(gm.GFM, gm.Footnote, &extension.Extender{}))
	convert := func(md goldmark.Markdown) float64 {
		runtime.GC() // each conversion pays for its own garbage only
		start := time.Now()
		if err := md.Convert(source, io.Discard); err != nil {
			b.Fatal(err)
		}
		return time.Since(start).Seconds()
	}
	var ratios, without []float64
	for b.Loop() {
		for range 100 {
			before, with, after := convert(plain), convert(extended), convert(plain)
			ratios = append(ratios, with/((before+after)/2))
			without = append(without, before)
		}
	}
	b.ReportMetric(float64(len(source))/1e6, "MB-document")
	b.ReportMetric(100*(median(ratios)-1), "%-slower")
	b.ReportMetric(1000*median(without), "ms-plain")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
