package forge_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

func TestParse(t *testing.T) {
	const gist = "0123456789abcdef0123456789abcdef"
	tests := []struct {
		in    string
		url   string
		host  string
		path  string
		kind  forge.Kind
		fetch string
	}{
		{"owner/name", "https://github.com/owner/name", "github.com", "owner/name", "github", "https://github.com/owner/name.git"},
		{"owner/name/", "https://github.com/owner/name", "github.com", "owner/name", "github", "https://github.com/owner/name.git"},
		{"owner/na.me.git", "https://github.com/owner/na.me", "github.com", "owner/na.me", "github", "https://github.com/owner/na.me.git"},
		{"Owner_corp/.github", "https://github.com/Owner_corp/.github", "github.com", "Owner_corp/.github", "github", "https://github.com/Owner_corp/.github.git"},
		{"https://github.com/owner/name", "https://github.com/owner/name", "github.com", "owner/name", "github", "https://github.com/owner/name.git"},
		{"https://github.com/owner/name.git", "https://github.com/owner/name", "github.com", "owner/name", "github", "https://github.com/owner/name.git"},
		{"https://github.com/owner/name.git/", "https://github.com/owner/name", "github.com", "owner/name", "github", "https://github.com/owner/name.git"},
		{"HTTPS://WWW.GitHub.com:443/Owner/Name/", "https://github.com/Owner/Name", "github.com", "Owner/Name", "github", "https://github.com/Owner/Name.git"},
		{"https://gitlab.com/group/sub/name", "https://gitlab.com/group/sub/name", "gitlab.com", "group/sub/name", "gitlab", "https://gitlab.com/group/sub/name.git"},
		{"https://codeberg.org/o/n", "https://codeberg.org/o/n", "codeberg.org", "o/n", "codeberg", "https://codeberg.org/o/n.git"},
		{"https://bitbucket.org/o/n", "https://bitbucket.org/o/n", "bitbucket.org", "o/n", "bitbucket", "https://bitbucket.org/o/n.git"},
		{"https://gist.github.com/owner/" + gist, "https://gist.github.com/owner/" + gist, "gist.github.com", "owner/" + gist, "gist", "https://gist.github.com/owner/" + gist + ".git"},
		{"https://gist.github.com/" + gist + ".git", "https://gist.github.com/" + gist, "gist.github.com", gist, "gist", "https://gist.github.com/" + gist + ".git"},
		{"https://git.example.org:8443/~user/a%20b.git", "https://git.example.org:8443/~user/a%20b.git", "git.example.org:8443", "~user/a b.git", forge.Other, "https://git.example.org:8443/~user/a%20b.git"},
		{"https://github.com:8443/o/n", "https://github.com:8443/o/n", "github.com:8443", "o/n", forge.Other, "https://github.com:8443/o/n"},
		{"http://127.0.0.1:5000/x", "http://127.0.0.1:5000/x", "127.0.0.1:5000", "x", forge.Other, "http://127.0.0.1:5000/x"},
		{"http://[::1]:80/x", "http://[::1]/x", "[::1]", "x", forge.Other, "http://[::1]/x"},
		{"http://localhost/x/y", "http://localhost/x/y", "localhost", "x/y", forge.Other, "http://localhost/x/y"},
	}
	for _, tt := range tests {
		a, err := forge.Parse(tt.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.in, err)
			continue
		}
		if want := (forge.Address{URL: tt.url, Host: tt.host, Path: tt.path, Kind: tt.kind}); a != want {
			t.Errorf("Parse(%q) = %+v, want %+v", tt.in, a, want)
		}
		if got := a.FetchURL(); got != tt.fetch {
			t.Errorf("Parse(%q).FetchURL() = %q, want %q", tt.in, got, tt.fetch)
		}
		if a.Public() != (tt.kind != forge.Other) {
			t.Errorf("Parse(%q).Public() = %v", tt.in, a.Public())
		}
	}
}

// TestParseErrors checks that each refused text says what is wrong and, where
// it can be told, what was meant.
func TestParseErrors(t *testing.T) {
	const repo = "repo=https://github.com/o/n"
	tests := []struct{ in, message, hint string }{
		{"", "empty", "owner/name"},
		{"name", "not the address", "https://github.com/owner/name"},
		{"a/b/c", "not the address", "owner/name"},
		{"./a", "not the address", "owner/name"},
		{"../a/b", "not the address", "owner/name"},
		{"/srv/git/a", "not the address", "https"},
		{"~/a", "not the address", "https"},
		{`C:\repos\a`, "character", "escape"},
		{"C:/repos/a", "not the address", "https"},
		{"-x/name", "not a name", "owner/name"},
		{"owner/..", "not a name", "owner/name"},
		{"github.com/o/n", "no https://", "write https://github.com/o/n"},
		{"git.example.org/n", "no https://", "write https://git.example.org/n"},
		{"git@github.com:o/n.git", "ssh", "write https://github.com/o/n"},
		{"ssh://git@github.com/o/n.git", "ssh:", "write https://github.com/o/n"},
		{"git://github.com/o/n.git", "git:", "write https://github.com/o/n"},
		{"file:///srv/git/a", `"file:"`, "https"},
		{"ftp://example.org/a", `"ftp:"`, "https"},
		{"ext::sh -c id", "character", "escape"},
		{"ext::sh", "not the address", "https"},
		{"https://user@github.com/o/n", "user name", "credential"},
		{"https://user:secret@github.com/o/n", "user name", "credential"},
		{"https://github.com/o/n?tab=readme-ov-file", "query", "write https://github.com/o/n"},
		{"https://github.com/o/n#readme", "fragment", "write https://github.com/o/n"},
		{"https://github.com/o/n?", "query", "write https://github.com/o/n"},
		{"https://github.com/o", "names no repository", "https://github.com/owner/name"},
		{"https://github.com/", "names no repository", "owner/name"},
		{"https:///o/n", "names no host", "https"},
		{"https://github.com//n", "not the path", "owner/name"},
		{"https://github.com/o/%2e%2e", "not the path", "owner/name"},
		{"https://git.example.org/a%2fb", "not the path", "owner/name"},
		{"https://git.example.org/a%00", "not the path", "owner/name"},
		{"https://git.example.org/%zz", "not a valid URL", "owner/name"},
		{"https://git.example.org:0/a", "not a port", "https"},
		{"https://git.example.org:70000/a", "not a port", "https"},
		{"https://git.example.org:/a", "no port", "https"},
		{"https://git_.-.org/a", "not the name of a host", "https"},
		{"https://github.com./o/n", "not the name of a host", "https"},
		{"https://gïthub.com/o/n", "character", "punycode"},
		{"https://github.com/o/n m", "character", "escape"},
		{"http://github.com/o/n", "http addresses", "https://"},
		{"http://github.com:8080/o/n", "http addresses", "https://"},
		{"http://example.org/o/n", "http addresses", "https://"},
		{"http://127.0.0.1.example.org/o/n", "http addresses", "https://"},
		{"https://github.com/o/n/tree/main", "page", repo + " ref=main"},
		{"https://github.com/o/n/tree/main/app", "page", repo + ", and ref="},
		{"https://github.com/o/n/blob/main/main.py", "page", repo + ", and ref="},
		{"https://github.com/o/n/commit/abc", "page", repo + " ref=abc"},
		{"https://github.com/o/n/releases/tag/v1.2", "page", repo + " ref=v1.2"},
		{"https://github.com/o/n/issues", "page", repo + ", and ref="},
		{"https://gitlab.com/g/s/n/-/tree/main", "page", "repo=https://gitlab.com/g/s/n ref=main"},
		{"https://codeberg.org/o/n/src/branch/main", "page", "repo=https://codeberg.org/o/n ref=main"},
		{"https://bitbucket.org/o/n/src/main/", "page", "repo=https://bitbucket.org/o/n ref=main"},
		{"https://gist.github.com/o/0123456789abcdef0123/abc", "page", "repo=https://gist.github.com/o/0123456789abcdef0123 ref=abc"},
		{"https://gist.github.com/owner", "not a name", "owner/id"},
		{"https://github.com/" + strings.Repeat("a", 2000), "longer", "owner/name"},
	}
	for _, tt := range tests {
		a, err := forge.Parse(tt.in)
		var e *forge.Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q) = %+v, %v; want a *forge.Error", tt.in, a, err)
			continue
		}
		if !strings.Contains(e.Message, tt.message) || !strings.Contains(e.Hint, tt.hint) {
			t.Errorf("Parse(%q): message %q, hint %q; want %q, %q", tt.in, e.Message, e.Hint, tt.message, tt.hint)
		}
		if strings.Contains(e.Hint, "secret") || strings.Contains(e.Message, "secret") {
			t.Errorf("Parse(%q) repeats the password: %q, %q", tt.in, e.Message, e.Hint)
		}
		if e.Address != tt.in {
			t.Errorf("Parse(%q): Error.Address = %q", tt.in, e.Address)
		}
	}
}

// parsers are the files in which the text of an address enters.
var parsers = []string{
	"card/request.go",                // from other programs, and
	"internal/source/asked/asked.go", // what these asked for
	"internal/page/tag/check.go",     // from a post
	"internal/cli/sync.go",           // from the command line, and so the next
	"internal/cli/preview.go",
	"internal/cli/previewpost.go",        // from a folder's name
	"internal/cli/previewthrough.go",     // from the pages of a site's own server
	"internal/source/repo/origin.go",     // from git
	"internal/source/repo/reader.go",     // where a server redirects
	"internal/repository/binder/link.go", // from a launch link
}

// TestAddressesAreParsedWhereTheyEnter looks for other files that parse one: from
// there on, addresses are values.
func TestAddressesAreParsedWhereTheyEnter(t *testing.T) {
	root := os.DirFS("../../..")
	var found []string
	for _, folder := range []string{"card", "extension", "internal"} {
		err := fs.WalkDir(root, folder, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(root, name)
			if n := strings.Count(string(text), "forge.Parse("); n > 0 {
				found = append(found, name)
				if n > 1 || !slices.Contains(parsers, name) {
					t.Errorf("%s parses %d addresses", name, n)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) != len(parsers) {
		t.Errorf("only %q parse addresses", found)
	}
}

func TestLinks(t *testing.T) {
	const commit = "16eebda4779dd6dc52fcdc4c2181b291fbb5a270"
	const gist = "0123456789abcdef0123456789abcdef"
	tests := []struct{ repo, path, file, page string }{
		{"o/n", "bokeh-app/main.py",
			"https://github.com/o/n/blob/" + commit + "/bokeh-app/main.py",
			"https://github.com/o/n/tree/" + commit},
		{"o/n", "a b/50%#1?.py",
			"https://github.com/o/n/blob/" + commit + "/a%20b/50%25%231%3F.py",
			"https://github.com/o/n/tree/" + commit},
		{"o/n", "caf\xe9/\"<é>\n",
			"https://github.com/o/n/blob/" + commit + "/caf%E9/%22%3C%C3%A9%3E%0A",
			"https://github.com/o/n/tree/" + commit},
		{"https://gitlab.com/g/s/n", "a/b.py",
			"https://gitlab.com/g/s/n/-/blob/" + commit + "/a/b.py",
			"https://gitlab.com/g/s/n/-/tree/" + commit},
		{"https://codeberg.org/o/n", "a/b.py",
			"https://codeberg.org/o/n/src/commit/" + commit + "/a/b.py",
			"https://codeberg.org/o/n/src/commit/" + commit},
		{"https://bitbucket.org/o/n", "a/b.py",
			"https://bitbucket.org/o/n/src/" + commit + "/a/b.py",
			"https://bitbucket.org/o/n/src/" + commit},
		{"https://gist.github.com/o/" + gist, "My_file (1).py",
			"https://gist.github.com/o/" + gist + "/" + commit + "#file-my_file-1-py",
			"https://gist.github.com/o/" + gist + "/" + commit},
		{"https://gist.github.com/o/" + gist, ".bashrc",
			"https://gist.github.com/o/" + gist + "/" + commit + "#file-bashrc",
			"https://gist.github.com/o/" + gist + "/" + commit},
		{"https://gist.github.com/" + gist, "a.py", "", ""},
		{"https://git.example.org/o/n", "a.py", "", ""},
	}
	for _, tt := range tests {
		a, err := forge.Parse(tt.repo)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.FileURL(commit, tt.path); got != tt.file {
			t.Errorf("%s: FileURL(%q) = %q, want %q", tt.repo, tt.path, got, tt.file)
		}
		if got := a.CommitURL(commit); got != tt.page {
			t.Errorf("%s: CommitURL = %q, want %q", tt.repo, got, tt.page)
		}
		if a.CommitURL("") != "" || a.FileURL("", tt.path) != "" {
			t.Errorf("%s: there are links without a commit", tt.repo)
		}
	}
	for repo, want := range map[string][2]string{
		"o/n":                               {"https://github.com/o/n/blob/" + commit + "/a%20b.py?plain=1#L7", "https://github.com/o/n/blob/" + commit + "/a%20b.py?plain=1#L10-L30"},
		"https://gist.github.com/o/" + gist: {"https://gist.github.com/o/" + gist + "/" + commit + "#file-a-b-py-L7", "https://gist.github.com/o/" + gist + "/" + commit + "#file-a-b-py-L10-L30"},
		"https://gitlab.com/g/s/n":          {"https://gitlab.com/g/s/n/-/blob/" + commit + "/a%20b.py?plain=1#L7", "https://gitlab.com/g/s/n/-/blob/" + commit + "/a%20b.py?plain=1#L10-30"},
		"https://codeberg.org/o/n":          {"https://codeberg.org/o/n/src/commit/" + commit + "/a%20b.py?display=source#L7", "https://codeberg.org/o/n/src/commit/" + commit + "/a%20b.py?display=source#L10-L30"},
		"https://bitbucket.org/o/n":         {"https://bitbucket.org/o/n/src/" + commit + "/a%20b.py#lines-7", "https://bitbucket.org/o/n/src/" + commit + "/a%20b.py#lines-10:30"},
		"https://git.example.org/o/n":       {"", ""},
	} {
		a, err := forge.Parse(repo)
		if err != nil {
			t.Fatal(err)
		}
		got := [2]string{a.LinesURL(commit, "a b.py", 7, 7), a.LinesURL(commit, "a b.py", 10, 30)}
		if got != want {
			t.Errorf("%s: got %q, want %q", repo, got, want)
		}
	}
	if (forge.Address{}).FileURL(commit, "a") != "" || (forge.Address{}).Public() {
		t.Error("the zero address has links or is public")
	}
}

// TestDocumentationNamesThePublicHosts looks for each host where it is said what
// may be read.
func TestDocumentationNamesThePublicHosts(t *testing.T) {
	for _, file := range []string{"../../../README.md", "../../../exampleSite/content/guide/cards.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range forge.PublicHosts() {
			if !strings.Contains(string(text), host) {
				t.Errorf("%s does not name %s", file, host)
			}
		}
	}
}

func TestPublicHosts(t *testing.T) {
	for _, host := range forge.PublicHosts() {
		a, err := forge.Parse("https://" + host + "/o/0123456789abcdef0123")
		if err != nil || !a.Public() {
			t.Errorf("%s: %+v, %v; want a public address", host, a, err)
		}
	}
}
