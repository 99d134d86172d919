package tag_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// text generates inner texts that are tags, or nearly.
func text() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		" ", " ", "\n", "\r\n", "\n> ", "\n  >>", "\t", "\u00a0", "=", `"`, `""`, `\`, `\"`, "'", "“", "”", "»", ">", ">>>", "<<<", ",", "é", "\xff", "\u202e",
		"repo=", "repo", "o/n", "https://github.com/o/n", "https://git.example/n", "ref=", "main", "a..b", "title=", `"My app"`, `"a \"b\" \\"`,
		"height=", "300", "99", "show=", "app,files", "app", "files=", "data/*.csv", "**", "urlpath=", "/proxy/5006/app", "//x", "hub=",
		"https://hub.example", "app=", "x", " repo=o/n", " ref=main", ` title="x y"`,
	})
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(piece, 0, 14), func(p []string) string { return strings.Join(p, "") }),
		rapid.Map(rapid.SliceOfN(pair(), 0, 5), func(p []string) string { return " repo=o/n" + strings.Join(p, "") }),
	)
}

// pair generates a pair with white space before it, mostly a valid one.
func pair() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		gap := rapid.SampledFrom([]string{" ", "\n", "\n> "}).Draw(t, "gap")
		return gap + rapid.SampledFrom([]string{
			"ref=main", `ref="feature/x"`, "ref=v1.0", "app=demo", `title="My \"app\""`, "title=Größe", `title="a\\b"`, "height=400", "height=4", "poster=/p.png", `poster="my p.png"`, "poster=//x",
			"show=app,launch", `show="app, files"`, "files=data/*.csv,**/x.py", "urlpath=/proxy/5006/app", "urlpath=x?y=//z", "urlpath=../x",
			"hub=https://hub.example/b", "hub=hub.example", `title="`, "title=»", `app="a"b`,
		}).Draw(t, "pair")
	})
}

// roundTrip checks that what parses prints back to a tag that parses to the
// same thing, and that the printed tag is one tag to whoever looks for the
// first closer.
func roundTrip(t interface{ Fatalf(string, ...any) }, inner string) {
	got, err := tag.Parse(inner, at)
	if err != nil {
		if got != nil || len(err.(tag.Errors)) == 0 || err.Error() == "" {
			t.Fatalf("%q: tag %v with error %q", inner, got, err)
		}
		return
	}
	printed := got.String()
	body, open := strings.CutPrefix(printed, tag.Open)
	body, rest, closed := strings.Cut(body, tag.Close)
	if !open || !closed || rest != "" || strings.ContainsAny(body, "\r\n") {
		t.Fatalf("%q prints as %q", inner, printed)
	}
	again, err := tag.Parse(body, at)
	if err != nil {
		t.Fatalf("%q prints as %q, which is wrong: %v", inner, printed, err)
	}
	if !reflect.DeepEqual(got, again) {
		t.Fatalf("%q prints as %q, which is\n%#v, not\n%#v", inner, printed, again, got)
	}
	if again.String() != printed {
		t.Fatalf("%q prints as %q and then as %q", inner, printed, again)
	}
}

func TestRoundTrip(t *testing.T) {
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		inner := text().Draw(t, "inner")
		if _, err := tag.Parse(inner, at); err == nil {
			valid++
		}
		roundTrip(t, inner)
	})
	if valid == 0 {
		t.Error("no generated text was a tag")
	}
}

// TestPrintedTagParses begins at the other end, with values of all kinds.
func TestPrintedTagParses(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("ab \"\\'“’=<>|,*`\u00a0é世\u200d")), 1, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		args := map[string]string{"repo": "o/n", "title": word.Draw(t, "title"), "app": word.Draw(t, "app"), "files": word.Draw(t, "files")}
		made, err := tag.FromArgs(args, at)
		if err != nil {
			return
		}
		read, err := tag.Parse(strings.TrimSuffix(strings.TrimPrefix(made.String(), tag.Open), tag.Close), at)
		if err != nil {
			t.Fatalf("%q: %v", made, err)
		}
		made.Pos = start
		if !reflect.DeepEqual(made, read) {
			t.Fatalf("%q is read as %q", made, read)
		}
	})
}

// seeds returns the inner texts that fuzzing starts from: one a file.
func seeds(t testing.TB) []string {
	names, err := filepath.Glob("testdata/seeds/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	var all []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(data))
	}
	return all
}

func FuzzParse(f *testing.F) {
	all := seeds(f)
	for _, s := range all {
		f.Add(s)
	}
	var ran atomic.Int64
	f.Fuzz(func(t *testing.T, inner string) {
		ran.Add(1)
		roundTrip(t, inner)
	})
	// Without -fuzz the function has now run over the seeds, in this process.
	if !fuzzing() && ran.Load() < int64(len(all)) {
		f.Errorf("%d of %d seeds were run", ran.Load(), len(all))
	}
}

// fuzzing says whether this process, or the one that started it, fuzzes.
func fuzzing() bool {
	for _, arg := range os.Args[1:] {
		if strings.HasPrefix(arg, "-test.fuzz=") || strings.HasPrefix(arg, "-test.fuzzworker") || strings.HasPrefix(arg, "-test.run=") {
			return true
		}
	}
	return false
}

// TestSeeds proves that the seeds are worth their place: tags that are right,
// and others that are wrong.
func TestSeeds(t *testing.T) {
	right, wrong := 0, 0
	for _, s := range seeds(t) {
		if _, err := tag.Parse(s, at); err == nil {
			right++
		} else {
			wrong++
		}
	}
	if right < 4 || wrong < 4 {
		t.Errorf("%d seeds are right and %d wrong, want at least 4 of each", right, wrong)
	}
}
