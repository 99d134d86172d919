package post_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/post"
)

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func TestParse(t *testing.T) {
	full := post.Meta{
		Title: "A title", Date: day(2020, 11, 3), Authors: []string{"Ada"}, Tags: []string{"bokeh", "binder"},
		Description: "What it is.", Lang: "en",
	}
	for _, test := range []struct {
		name, file, src string
		want            post.Meta
		body            string
		line            int
	}{
		{"none", "p.md", "# Title\n", post.Meta{}, "# Title\n", 1},
		{"empty", "p.md", "", post.Meta{}, "", 1},
		{"YAML", "p.md", "---\ntitle: A title\ndate: 2020-11-03\nauthor: Ada\ntags: [bokeh, binder]\n" +
			"description: What it is.\nlang: en\nlayout: post\n---\nbody\n", full, "body\n", 10},
		{"TOML", "p.md", "+++\ntitle = \"A title\"\ndate = 2020-11-03\nauthor = \"Ada\"\ntags = [\"bokeh\", \"binder\"]\n" +
			"description = \"What it is.\"\nlang = \"en\"\n+++\nbody\n", full, "body\n", 9},
		{"JSON", "p.md", "{\n\"title\": \"A title\", \"date\": \"2020-11-03\", \"author\": \"Ada\", \"tags\": [\"bokeh\", \"binder\"],\n" +
			"\"excerpt\": \"What it is.\", \"lang\": \"en\"\n}\nbody\n", full, "body\n", 5},
		{"JSON on a line", "p.md", "{\"title\":\"A title\"}\nbody", post.Meta{Title: "A title"}, "body", 2},
		{"JSON empty", "p.md", "{}\nbody", post.Meta{}, "body", 2},
		{"byte order mark", "p.md", "\ufeff---\ntitle: A title\n---\nbody", post.Meta{Title: "A title"}, "body", 4},
		{"byte order mark alone", "p.md", "\ufeffbody", post.Meta{}, "body", 1},
		{"CRLF", "p.md", "---\r\ntitle: A title\r\n---\r\nbody\r\n", post.Meta{Title: "A title"}, "body\r\n", 4},
		{"CRLF in TOML", "p.md", "+++\r\ntitle = \"A title\"\r\n+++\r\nbody", post.Meta{Title: "A title"}, "body", 4},
		{"dots end it", "p.md", "---\ntitle: A title\n...\nbody", post.Meta{Title: "A title"}, "body", 4},
		{"spaces behind the lines", "p.md", "--- \ntitle: A title\n---\t\nbody", post.Meta{Title: "A title"}, "body", 4},
		{"nothing in it", "p.md", "---\n---\nbody", post.Meta{}, "body", 3},
		{"a comment in it", "p.md", "---\n# nothing\n---\nbody", post.Meta{}, "body", 4},
		{"no end of line", "p.md", "---\ntitle: A title\n---", post.Meta{Title: "A title"}, "", 3},
		{"thematic break", "p.md", "---\n\nprose\n", post.Meta{}, "---\n\nprose\n", 1},
		{"thematic break alone", "p.md", "---", post.Meta{}, "---", 1},
		{"longer line", "p.md", "----\ntitle: x\n----\n", post.Meta{}, "----\ntitle: x\n----\n", 1},
		{"attribute list first", "p.md", "{: .x}\npara", post.Meta{}, "{: .x}\npara", 1},
		{"Liquid first", "p.md", "{% raw %}\n{{ \"x\" }}", post.Meta{}, "{% raw %}\n{{ \"x\" }}", 1},
		{"numbers", "p.md", "---\ntitle: 1.10\ntags: 2020\n---\n", post.Meta{Title: "1.10", Tags: []string{"2020"}}, "", 5},
		{"values missing", "p.md", "---\ntitle:\ndate:\nauthor:\ntags:\n---\n", post.Meta{}, "", 7},
		{"texts of tags", "p.md", "---\ntags: a b\n---\n", post.Meta{Tags: []string{"a", "b"}}, "", 4},
		{"texts of tags with commas", "p.md", "---\ntags: a b, c\n---\n", post.Meta{Tags: []string{"a b", "c"}}, "", 4},
		{"author with a name", "p.md", "---\nauthor:\n  name: Ada L.\n  url: x\n---\n", post.Meta{Authors: []string{"Ada L."}}, "", 6},
		{"authors", "p.md", "---\nauthors: [Ada, {name: Grace}]\n---\n", post.Meta{Authors: []string{"Ada", "Grace"}}, "", 4},
		{"author with a comma", "p.md", "---\nauthor: Lovelace, Ada\n---\n", post.Meta{Authors: []string{"Lovelace, Ada"}}, "", 4},
		{"TOML table", "p.md", "+++\n[author]\nname = \"Ada\"\n+++\n", post.Meta{Authors: []string{"Ada"}}, "", 5},
		{"key twice", "p.md", "---\ntitle: a\ntitle: b\n---\n", post.Meta{Title: "b"}, "", 5},
		{"alias", "p.md", "---\na: &t A title\ntitle: *t\n---\n", post.Meta{Title: "A title"}, "", 5},
		{"Jekyll's file name", "_posts/2020-11-03-my-long_post.md", "body",
			post.Meta{Title: "My Long_post", Date: day(2020, 11, 3)}, "body", 1},
		{"Jekyll's file name gives way", "2020-11-03-my-post.md", "---\ntitle: A title\ndate: 2021-01-02\n---\n",
			post.Meta{Title: "A title", Date: day(2021, 1, 2)}, "", 5},
		{"a file name with no date in it", "2020-13-41-my-post.md", "", post.Meta{Title: "My Post"}, "", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := post.Parse(test.file, []byte(test.src))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(p.Meta, test.want) {
				t.Errorf("meta\ngot  %+v\nwant %+v", p.Meta, test.want)
			}
			if string(p.Body) != test.body || p.FirstLine != test.line {
				t.Errorf("body %q from line %d, want %q from line %d", p.Body, p.FirstLine, test.body, test.line)
			}
		})
	}
}

func TestParseDates(t *testing.T) {
	cet := time.FixedZone("", 3600)
	for text, want := range map[string]time.Time{
		"2020-11-03":                 day(2020, 11, 3),
		"2020-1-3":                   day(2020, 1, 3),
		"2020-11-03 10:20:30 +0100":  time.Date(2020, 11, 3, 10, 20, 30, 0, cet),
		"2020-11-03 10:20:30 +01:00": time.Date(2020, 11, 3, 10, 20, 30, 0, cet),
		"2020-11-03T10:20:30+01:00":  time.Date(2020, 11, 3, 10, 20, 30, 0, cet),
		"2020-11-03T10:20:30Z":       time.Date(2020, 11, 3, 10, 20, 30, 0, time.UTC),
		"2020-11-03 10:20:30 UTC":    time.Date(2020, 11, 3, 10, 20, 30, 0, time.UTC),
		"2020-11-03 10:20":           time.Date(2020, 11, 3, 10, 20, 0, 0, time.UTC),
		"November 3, 2020":           day(2020, 11, 3),
		"3 Nov 2020":                 day(2020, 11, 3),
	} {
		for _, src := range []string{"---\ndate: " + text + "\n---\n", "---\ndate: \"" + text + "\"\n---\n", "{\"date\": \"" + text + "\"}"} {
			p, err := post.Parse("p.md", []byte(src))
			if err != nil {
				t.Errorf("%q: %v", src, err)
			} else if !p.Meta.Date.Equal(want) {
				t.Errorf("%q: got %v, want %v", src, p.Meta.Date, want)
			}
		}
	}
}

// TestOddFields has fields that cannot be read: a word is said, and the post is there
// without them.
func TestOddFields(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"date", "---\ntitle: x\ndate: nonsense\n---\n", `p.md:3:1: date "nonsense" is not understood; write it as 2020-11-03`},
		{"date in TOML", "+++\ntitle = \"x\"\n  date = \"nonsense\"\n+++\n", `p.md:3:3: date "nonsense" is not understood`},
		{"date in JSON", "{\"title\": \"x\",\n  \"date\": \"nonsense\"}\n", `p.md:2:3: date "nonsense" is not understood`},
		{"date as a list", "---\ndate: [1]\n---\n", `p.md:2:1: date "" is not understood`},
		{"title as a list", "---\ntitle: [a]\n---\n", "p.md:2:1: title must be a text"},
		{"title as a mapping", "---\nlang: en\ntitle: {a: b}\n---\n", "p.md:3:1: title must be a text"},
		{"author without a name", "---\nauthor: {url: x}\n---\n", "p.md:2:1: author must be a text, a list, or have a name"},
		{"tags of lists", "---\ntags: [[a]]\n---\n", "p.md:2:1: tags must be a list of texts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := post.Parse("p.md", []byte(test.src+"\nbody\n"))
			if err != nil {
				t.Fatal(err)
			}
			var html strings.Builder
			warnings, err := p.Render(&html, post.Markdown())
			if err != nil || !strings.Contains(html.String(), "<p>body</p>") {
				t.Fatalf("%q, %v", html.String(), err)
			}
			if len(warnings) != 1 || !strings.HasPrefix(warnings[0].String(), test.want) {
				t.Errorf("got %v, want %s", warnings, test.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"YAML without end", "---\ntitle: x\n\nbody\n", "p.md:1:1: front matter begins here but does not end: no line --- follows"},
		{"TOML without end", "+++\ntitle = 1\n", "p.md:1:1: front matter begins here but does not end: no line +++ follows"},
		{"JSON without end", "{\n\"title\": \"x\"\n", "p.md:1:1: front matter begins here but does not end"},
		{"prose", "---\n\nprose\n---\n", "p.md:3:1: between the lines --- stands no mapping"},
		{"a list", "---\n- a\n---\n", "p.md:2:1: between the lines --- stands no mapping"},
		{"bad YAML", "---\nlang: en\ntitle: x: y\n---\n", "p.md:3:1: the front matter is no YAML: mapping values are not allowed"},
		{"bad YAML in its first line", "---\ntitle: x: y\n---\n", "p.md:2:1: the front matter is no YAML: mapping values are not allowed"},
		{"tabs", "---\nlang: en\nauthor:\n\tname: x\n---\n", "p.md:4:2: the front matter is no YAML: a tab stands where only spaces may"},
		{"unknown alias", "---\ntitle: *x\n---\n", "the front matter is no YAML: unknown anchor 'x'"},
		{"bad TOML", "+++\nlang = \"en\"\ntitle = x\n+++\n", "p.md:3:9: the front matter is no TOML"},
		{"deep TOML", "+++\nlang = \"en\"\na = " + strings.Repeat("[", 50_000) + "\n+++\n", "p.md:3:37: the front matter cannot be read: it nests more than 32 deep"},
		{"bad JSON", "{\n\"title\": x}\n", "p.md:2:10: the front matter is no JSON"},
		{"text after JSON", "{\"title\": \"x\"} # Title\n", "p.md:1:15: text follows the brace"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := post.Parse("p.md", []byte(test.src))
			var typed *post.Error
			if !errors.As(err, &typed) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %v", err, test.want)
			}
		})
	}
}

// FuzzParse: front matter never panics, and what is left is the end of the file.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"---\ntitle: x\n---\nbody", "+++\ntitle = 1\n+++\n", "{\"title\": {}}\nx", "---\n- a\n...\n", "\ufeff---\r\n",
		"---\na: &a [*a]\n---\n", "---\n? {a: b}\n: c\n---\n", "---\n<<: {a: b}\ntags: !!binary x\n---\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := post.Parse("2020-11-03-a.md", src)
		if err != nil {
			return
		}
		if !strings.HasSuffix(string(src), string(p.Body)) {
			t.Errorf("body %q is not the end of %q", p.Body, src)
		}
		if want := 1 + strings.Count(string(src[:len(src)-len(p.Body)]), "\n"); p.FirstLine != want {
			t.Errorf("first line %d, want %d", p.FirstLine, want)
		}
	})
}
