package tag_test

import (
	"encoding/json"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	assets "github.com/bokehbinder/bokehbinder/assets/bokehbinder"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// table reads tag.json without the package under test, by what a template
// language has: maps, lists, regular expressions that find and replace. It is
// how a second implementation would read tags.
type table map[string]any

func readTable(t testing.TB) table {
	var tab table
	if err := json.Unmarshal(assets.Tag(), &tab); err != nil {
		t.Fatal(err)
	}
	return tab
}

func (tab table) list(key string) []table {
	var rows []table
	items, _ := tab[key].([]any)
	for _, item := range items {
		rows = append(rows, item.(map[string]any))
	}
	return rows
}

func (tab table) text(key string) string { s, _ := tab[key].(string); return s }

var compiled = map[string]*regexp.Regexp{}

func (tab table) re(key string) *regexp.Regexp {
	p := tab.text(key)
	if compiled[p] == nil {
		compiled[p] = regexp.MustCompile(p)
	}
	return compiled[p]
}

// named says whether the table of providers takes the names in an address of
// which the arguments' table takes the form.
func named(address string) bool {
	var sites table
	if err := json.Unmarshal(assets.Providers(), &sites); err != nil {
		return false
	}
	rows := sites.list("providers")
	if !strings.Contains(address, "://") {
		address = "https://" + rows[0]["hosts"].([]any)[0].(string) + "/" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	for _, row := range rows {
		if !slices.Contains(row["hosts"].([]any), any(strings.TrimSuffix(strings.ToLower(u.Host), ":443"))) {
			continue
		}
		path := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(u.Path, "/"), "/"), ".git")
		elements := strings.Split(path, "/")
		if n := float64(len(elements)); n < row["min"].(float64) || n > row["max"].(float64) {
			return false
		}
		for i, e := range elements {
			pattern := row.re("rest")
			if i == 0 && len(elements) > 1 {
				pattern = row.re("first")
			}
			if !pattern.MatchString(e) || e == "." || e == ".." || strings.HasSuffix(e, ".git") {
				return false
			}
		}
	}
	return true
}

func (tab table) argument(name string) table {
	for _, a := range tab.list("arguments") {
		if a.text("name") == name {
			return a
		}
	}
	return nil
}

// read returns the arguments of a tag, or false if it is not valid.
func (tab table) read(inner string) (map[string]string, bool) {
	args := make(map[string]string)
	for _, m := range tab.re("token").FindAllStringSubmatch(inner, -1) {
		key, quoted, broken, bare, tail, text := m[1], m[2], m[3], m[4], m[5], m[6]
		if key == "" && text == "" {
			continue // the mark of a block quote
		}
		_, twice := args[key]
		if text != "" || broken != "" || tail != "" || twice || tab.re("badEscape").MatchString(quoted) {
			return nil, false
		}
		args[key] = bare + tab.re("escape").ReplaceAllString(quoted, "$1")
		if !tab.valid(tab.argument(key), args[key]) {
			return nil, false
		}
	}
	for _, a := range tab.list("arguments") {
		if _, ok := args[a.text("name")]; a["required"] == true && !ok {
			return nil, false
		}
	}
	return args, true
}

func (tab table) valid(a table, value string) bool {
	if a == nil {
		return false
	}
	items := []string{value}
	if a["list"] == true {
		items = tab.re("separator").Split(strings.Trim(value, " \t"), -1)
	}
	for i, item := range items {
		if item == "" || slices.Contains(items[:i], item) || !a.re("pattern").MatchString(item) {
			return false
		}
		for _, r := range append(tab.list("refuse"), a.list("refuse")...) {
			if r.re("pattern").MatchString(item) {
				return false
			}
		}
		if a["address"] == true && !named(item) {
			return false
		}
		if largest, ok := a["max"].(float64); ok {
			n, err := strconv.Atoi(item)
			if err != nil || float64(n) < a["min"].(float64) || float64(n) > largest {
				return false
			}
		}
	}
	return true
}

func TestTableIsComplete(t *testing.T) {
	tab := readTable(t)
	if tab.text("open") != tag.Open || tab.text("close") != tag.Close {
		t.Errorf("delimiters %q, %q are not the package's", tab.text("open"), tab.text("close"))
	}
	sample := map[string]string{"repo": "o/n", "ref": "r", "app": "a", "urlpath": "/u", "hub": "https://h.example",
		"title": "t", "height": "300", "poster": "p.png", "show": "files", "files": "f"}
	for _, a := range tab.list("arguments") {
		name := a.text("name")
		if a.text("meaning") == "" || a.text("valid") == "" || a.text("message") == "" {
			t.Errorf("%s is not described", name)
		}
		if d := a.text("default"); d != "" && !tab.valid(a, d) {
			t.Errorf("the default of %s, %q, is not valid", name, d)
		}
		mistaken, _ := a["mistaken"].([]any)
		for _, m := range mistaken {
			if tab.argument(m.(string)) != nil {
				t.Errorf("%s is said to be mistaken for %s, but is an argument", m, name)
			}
		}
		got, err := tag.FromArgs(map[string]string{"repo": "o/n", name: sample[name]}, at)
		if err != nil || got.Arg(name) != sample[name] {
			t.Errorf("%s=%s: got %v, %v", name, sample[name], got, err)
		}
	}
}

// TestDataSaysTheSame compares the package with the reading of its data.
func TestDataSaysTheSame(t *testing.T) {
	tab := readTable(t)
	rapid.Check(t, func(t *rapid.T) {
		inner := text().Draw(t, "inner")
		got, err := tag.Parse(inner, at)
		args, ok := tab.read(inner)
		if ok != (err == nil) {
			t.Fatalf("data takes %q: %v, package: %v", inner, ok, err)
		}
		if !ok {
			return
		}
		again, err := tag.FromArgs(args, at)
		if err != nil {
			t.Fatal(err)
		}
		if again.String() != got.String() {
			t.Fatalf("data reads %v, package %v", again, got)
		}
	})
}

// TestAddresses holds the patterns for addresses against package forge, which
// decides in the end. They differ in numbers that are too large for a port or
// for a part of an IP address.
func TestAddresses(t *testing.T) {
	tab := readTable(t)
	same := func(t interface{ Errorf(string, ...any) }, s string) {
		_, err := forge.Parse(s)
		if ok := tab.valid(tab.argument("repo"), s); ok != (err == nil) {
			t.Errorf("%q: data takes it: %v, forge: %v", s, ok, err)
		}
	}
	for _, s := range strings.Fields(`
		o/n o/n/ o/n.git o/.github o/. o/.. o/.git o/n.git.git o o/n/x /o/n -o/n o_/n- ./n ~o/n github.com/o/n
		https://github.com/o/n https://GitHub.com/o/n/ HTTPS://github.com/o/n.git https://www.github.com/o/n http://github.com/o/n
		https://github.com/o https://github.com/ https://github.com https://github.com/o/n/tree/main https://github.com/o/n?x
		https://github.com/o/n#x https://github.com/o/ä https://github.com/o/a+b https://u@github.com/o/n
		https://u:p@github.com/o/n https://github.com:443/o/n https://github.com:8443/o/n https://github.com:/o/n https://github.com//n
		https://gitlab.com/g/n https://gitlab.com/g/s/t/n https://gitlab.com/g/n/-/tree/main https://gitlab.com/g
		https://codeberg.org/o/n https://codeberg.org/o/n/src/branch/main https://bitbucket.org/o/n https://bitbucket.org/o/n/src/main
		https://gist.github.com/o/0123456789abcdef0123456789abcdef https://gist.github.com/0123456789abcdef0123456789abcdef
		https://gist.github.com/o/0123456789abcdef0123456789abcdef/raw
		https://git.example/n https://git.example/a/b/c.git https://git.example:3000/a/b https://git.example https://git.example/
		https://git.example/../b https://git.example/a/%2e%2e/b https://git.example/a/./b https://git.example/a%2fb https://git.example/~u/n
		https://git.example/a%zz https://git.example/a%20b https://git_x.example/a https://-x.example/a https://x..example/a https://x.example./a
		https://[::1]/a https://[::1]:80/a http://[::1]/a http://127.0.0.1/a http://127.0.0.1:8080/a/b http://localhost/a http://localhost.example/a
		http://10.0.0.1/a https://10.0.0.1/a https://git.example:0/a https://git.example:080/a
		ssh://git@github.com/o/n git@github.com:o/n git://github.com/o/n file:///etc ext::sh /etc/passwd ../x javascript:alert(1)`) {
		same(t, s)
	}
	part := rapid.SampledFrom([]string{"o", "n-1", "a.b", "_x", ".git", "x.git", ".", "..", "", "-"})
	host := rapid.SampledFrom([]string{"", "https://github.com", "https://gitlab.com", "https://codeberg.org", "https://bitbucket.org", "https://git.example:3000",
		"http://localhost:1", "http://git.example"})
	rapid.Check(t, func(t *rapid.T) {
		s := host.Draw(t, "host")
		if s != "" {
			s += "/"
		}
		same(t, s+strings.Join(rapid.SliceOfN(part, 0, 4).Draw(t, "parts"), "/"))
	})
}

// TestRefsAsGit holds the pattern for refs against git, which knows best what
// a ref can be called.
func TestRefsAsGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	for _, ref := range []string{
		"HEAD", "main", "feature/x", "v1.0", "a.b", "a-", "a/b/c", "@a", "a@b", "a@", "ä", "a+b=c", "a,b;c", "{x}", "#1", "1", "a'b", "$x", "%41",
		"16eebda4779dd6dc52fcdc4c2181b291fbb5a270", "a.lockx", "!", "(a)", "a|b", "a<b", "a&b",
		"a..b", ".a", "a/.b", "a.", "a/", "/a", "a//b", "a.lock", "a.lock/b", "a b", "a\tb", "a~1", "a^", "a:b", "a?", "a*", "a[b", `a\b`,
		"a@{1}", "@", "a\x7f", "a\x01", "..", ".",
	} {
		git := exec.Command("git", "check-ref-format", "--allow-onelevel", ref).Run() == nil
		_, err := tag.FromArgs(map[string]string{"repo": "o/n", "ref": ref}, at)
		if git != (err == nil) {
			t.Errorf("%q: git takes it: %v, tag: %v", ref, git, err)
		}
	}
}
