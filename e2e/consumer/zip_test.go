package consumer

import (
	"archive/zip"
	"bytes"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// parts are what the module's zip consists of. A file is of the first part whose
// pattern its path matches.
var parts = []struct {
	name  string
	files *regexp.Regexp
}{
	{"test-data", regexp.MustCompile(`(^|/)testdata/`)},
	{"theme-pictures", regexp.MustCompile(`^images/(screenshot|tn)\.png$`)},
	{"pictures", regexp.MustCompile(`\.(png|jpe?g|gif|webp|avif|ico|bmp)$`)},
	{"templates-and-assets", regexp.MustCompile(`^(layouts|shortcodes|assets|i18n)/|^(hugo|theme)\.toml$`)},
	{"docs", regexp.MustCompile(`^(docs|exampleSite)/|\.md$`)},
	{"tests", regexp.MustCompile(`_test\.go$`)},
	{"Go", regexp.MustCompile(`\.go$|^go\.(mod|sum)$`)},
	{"rest", regexp.MustCompile(``)},
}

// zipModule makes the zip that a module proxy would serve, had the work tree
// been committed.
func zipModule(tb testing.TB) []byte {
	tb.Helper()
	var buf bytes.Buffer
	if err := modzip.CreateFromDir(&buf, module.Version{Path: modulePath, Version: version}, project.Copy(tb)); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// zipParts maps the parts of a zip to their files, with the bytes that each
// takes in it.
func zipParts(tb testing.TB, data []byte) map[string]map[string]int64 {
	tb.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	found := map[string]map[string]int64{}
	for _, f := range r.File {
		name := strings.TrimPrefix(f.Name, modulePath+"@"+version+"/")
		for _, p := range parts {
			if !p.files.MatchString(name) {
				continue
			}
			if found[p.name] == nil {
				found[p.name] = map[string]int64{}
			}
			found[p.name][name] = int64(f.CompressedSize64)
			break
		}
	}
	return found
}

// TestZip has neither test data nor pictures in what users download, since their
// folders are modules of their own, and all else. The two pictures that Hugo's
// list of themes looks for are in it.
func TestZip(t *testing.T) {
	found := zipParts(t, zipModule(t))
	for _, p := range parts {
		switch unwanted := p.name == "test-data" || p.name == "pictures"; {
		case unwanted:
			for name := range found[p.name] {
				t.Errorf("%s is in the module's zip: a go.mod in %s keeps it out", name, path.Dir(name))
			}
		case len(found[p.name]) == 0:
			t.Errorf("there is nothing of %s", p.name)
		}
	}
}

// BenchmarkZip reports how many bytes of the module's zip each part takes.
func BenchmarkZip(b *testing.B) {
	for b.Loop() {
		data := zipModule(b)
		found := zipParts(b, data)
		b.ReportMetric(float64(len(data)), "zip-B")
		for _, p := range parts {
			var size int64
			for _, n := range found[p.name] {
				size += n
			}
			b.ReportMetric(float64(size), p.name+"-B")
		}
	}
}
