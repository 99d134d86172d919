package extension_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/text"
)

// BenchmarkUnclosedOpeners parses documents of openers that nothing closes, in
// one paragraph. ns/opener stays the same where time grows linearly.
func BenchmarkUnclosedOpeners(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			source := []byte(strings.Repeat("<<< bokehbinder repo=o/n\n", n))
			md := goldmark.New(goldmark.WithExtensions(parserOnly{}))
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				md.Parser().Parse(text.NewReader(source))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/opener")
		})
	}
}

// BenchmarkTags does the same for tags.
func BenchmarkTags(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			source := []byte(strings.Repeat("<<< bokehbinder repo=o/n >>> ", n))
			md := goldmark.New(goldmark.WithExtensions(parserOnly{}))
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				md.Parser().Parse(text.NewReader(source))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/tag")
		})
	}
}
