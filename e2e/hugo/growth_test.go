package hugo_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
)

// growthPages are the sizes of sites by which growth is fitted.
var growthPages = []int{100, 1000, 5000}

// BenchmarkGrowth builds sites of several sizes for each way to embed something, and
// fits how the processor's time grows: the exponent of a power of the number of pages.
func BenchmarkGrowth(b *testing.B) {
	seconds := figures.Table{Columns: []string{"each page has"}}
	for _, pages := range growthPages {
		seconds.Columns = append(seconds.Columns, figures.Whole(float64(pages))+" pages, s")
	}
	seconds.Columns = append(seconds.Columns, "of the processor", "times the paragraph alone", "memory, MB", "grows with pages to the power of", "one page above a plain one, ms")
	for b.Loop() {
		seconds.Rows = nil
		bySize := map[int]map[string]*runs{}
		for _, pages := range growthPages {
			bySize[pages] = growthOf(b, pages)
		}
		largest := growthPages[len(growthPages)-1]
		plain := bySize[largest]["plain"]
		for _, w := range growing(largest) {
			cells := []string{grows[w.name]}
			var xs, ys []float64
			for _, pages := range growthPages {
				r := bySize[pages][w.name]
				cells = append(cells, r.seconds.Spread(figures.Number))
				xs, ys = append(xs, math.Log(float64(pages))), append(ys, math.Log(r.cpu.Median()))
			}
			last := bySize[largest][w.name]
			exponent := slope(xs, ys)
			above := (last.cpu.Median() - plain.cpu.Median()) * 1000 / float64(largest)
			cells = append(cells, last.cpu.Spread(figures.Number), figures.Number(last.cpu.Median()/plain.cpu.Median()), last.memory.Spread(figures.Megabytes), figures.Number(exponent), figures.Number(above))
			seconds.Add(cells...)
			b.ReportMetric(exponent, "exponent-"+w.name)
			b.ReportMetric(above, "cpu-ms-"+w.name)
		}
	}
	figures.Record(b, "hugo", figures.Section{
		Title: "A site of many pages",
		Text: fmt.Sprintf(`Builds of sites that have nothing but such pages. Hugo keeps the content of all pages, so that text
of about an embed's length, without any embed, is there to compare. Seconds are by the clock; those of the
processor and the memory are of the largest site. The power is that of a straight line through the
logarithms of the processor's seconds, by least squares: 1 is twice the time for twice the pages, and what a build
takes for any site at all makes it less. The last column is of the processor, too. Runs of each: %d.`, growthRuns()),
		Tables: []figures.Table{seconds},
	})
}

// grows has the ways that are compared, with what their pages have.
var grows = map[string]string{
	"plain": "a paragraph", "16-kB-text": "and 16 kB of plain text", "youtube": "and Hugo's `youtube`",
	"fenced-blocks": "and a dashboard's files in fenced blocks, with a link",
	"same-card":     "and an embed, all of one repository", "own-card": "and an embed, each of its own repository",
}

// growing are these ways, for sites of a number of pages.
func growing(pages int) []*way {
	return slices.DeleteFunc(waysOf(pages), func(w *way) bool { return grows[w.name] == "" })
}

// runs are the builds of one site.
type runs struct{ seconds, cpu, memory figures.Sample }

// growthRuns is how often each site is built.
func growthRuns() int { return min(figures.Runs(), 3) }

// growthOf builds sites of a number of pages, in turn.
func growthOf(b *testing.B, pages int) map[string]*runs {
	b.Helper()
	ways, out := growing(pages), map[string]*runs{}
	for _, w := range ways {
		w.prepare(b)
		out[w.name] = &runs{}
	}
	for range growthRuns() {
		for _, w := range ways {
			w.best = none
			w.measure(b)
			r := out[w.name]
			r.seconds, r.cpu = append(r.seconds, w.best.ms/1000), append(r.cpu, w.best.cpu/1000)
			r.memory = append(r.memory, w.best.memory*1024)
		}
	}
	return out
}

// slope is that of the straight line that fits points best, by least squares.
func slope(xs, ys []float64) float64 {
	n := float64(len(xs))
	var sx, sy, sxx, sxy float64
	for i := range xs {
		sx, sy = sx+xs[i], sy+ys[i]
		sxx, sxy = sxx+xs[i]*xs[i], sxy+xs[i]*ys[i]
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// TestSlope fits a line through points that lie on one.
func TestSlope(t *testing.T) {
	if got := slope([]float64{1, 2, 4}, []float64{5, 8, 14}); math.Abs(got-3) > 1e-9 {
		t.Errorf("the slope is %v, want 3", got)
	}
}
