package repo_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// failure is what an error must be.
type failure struct {
	reason        card.Reason
	message, hint string // parts of them
	cause         string // part of the cause, "" for any
}

// check checks an error, and that its texts are in the project's style.
func (f failure) check(t *testing.T, err error) {
	t.Helper()
	var e *card.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *card.Error", err)
	}
	cause := ""
	if e.Err != nil {
		cause = e.Err.Error()
	}
	t.Logf("%s: %s; %s (%s)", e.Reason, e.Message, e.Hint, cause)
	if e.Reason != f.reason {
		t.Errorf("reason %q, want %q: %s (%s)", e.Reason, f.reason, e.Message, cause)
	}
	if !strings.Contains(e.Message, f.message) || !strings.Contains(e.Hint, f.hint) || !strings.Contains(cause, f.cause) {
		t.Errorf("message %q, hint %q, cause %q; want %q, %q, %q", e.Message, e.Hint, cause, f.message, f.hint, f.cause)
	}
	for _, s := range []string{e.Message, e.Hint, cause} {
		if strings.ContainsAny(s, "\n\x1b") || s != cause && strings.HasSuffix(s, ".") || strings.Contains(s, "$1") {
			t.Errorf("%q is not fit to be printed", s)
		}
	}
}

// fails opens a repository that cannot be, and checks that nothing is left
// behind.
func fails(t *testing.T, r *repo.Reader, address, ref string, want failure) {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	tree, err := r.Open(context.Background(), card.Request{Repo: address, Ref: ref})
	if err == nil {
		tree.Close()
		t.Fatalf("%s at %q was opened", address, ref)
	}
	want.check(t, err)
	var e *card.Error
	if errors.As(err, &e) && (e.Repo != address || e.Ref != ref) {
		t.Errorf("the error is about %q at %q, want %q at %q", e.Repo, e.Ref, address, ref)
	}
	isEmpty(t, temp)
}

// isEmpty checks that a folder for temporary files is empty.
func isEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("%d temporary files are left (%v)", len(entries), err)
	}
}

// TestRefused checks that what must not reach git does not.
func TestRefused(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv("git.example.org")
	site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	tests := []struct {
		name, address, ref string
		want               failure
	}{
		{"no address", "", "", failure{card.ReasonAddress, "empty", "owner/name", ""}},
		{"file", "file:///srv/git", "", failure{card.ReasonAddress, "file:", "https", ""}},
		{"ssh", "git@github.com:o/n", "", failure{card.ReasonAddress, "ssh", "https://github.com/o/n", ""}},
		{"helper", "ext::sh", "", failure{card.ReasonAddress, "ext::sh", "https", ""}},
		{"page", "https://github.com/o/n/tree/main", "", failure{card.ReasonAddress, "page", "ref=main", ""}},
		{"host", "https://git.example.org/o/n", "", failure{card.ReasonHost, "git.example.org", "--allow-host git.example.org", ""}},
		{"port", "https://github.com:444/o/n", "", failure{card.ReasonHost, "github.com:444", "--allow-host github.com:444", ""}},
		{"loopback", "http://127.0.0.1:80/o/n", "", failure{card.ReasonHost, "127.0.0.1", "--allow-host 127.0.0.1", ""}},
		{"option", "o/n", "--upload-pack=id", failure{card.ReasonRef, "hyphen", "full commit", ""}},
		{"refspec", "o/n", "main:refs/heads/x", failure{card.ReasonRef, "holds", "full commit", ""}},
		{"forced", "o/n", "+main", failure{card.ReasonRef, "plus", "full commit", ""}},
		{"negative", "o/n", "^main", failure{card.ReasonRef, "holds", "full commit", ""}},
		{"revision", "o/n", "main~1", failure{card.ReasonRef, "holds", "full commit", ""}},
		{"range", "o/n", "a..b", failure{card.ReasonRef, "expression", "full commit", ""}},
		{"reflog", "o/n", "main@{1}", failure{card.ReasonRef, "expression", "full commit", ""}},
		{"pattern", "o/n", "*", failure{card.ReasonRef, "holds", "full commit", ""}},
		{"line break", "o/n", "a\nb", failure{card.ReasonRef, "control", "full commit", ""}},
		{"slashes", "o/n", "a//b", failure{card.ReasonRef, "cannot be a part", "full commit", ""}},
		{"slash", "o/n", "/", failure{card.ReasonRef, "cannot be a part", "full commit", ""}},
		{"lock", "o/n", "a.lock", failure{card.ReasonRef, "cannot be a part", "full commit", ""}},
		{"long", "o/n", strings.Repeat("a", 2000), failure{card.ReasonRef, "long", "full commit", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { fails(t, &repo.Reader{Git: "/no/git/runs"}, tt.address, tt.ref, tt.want) })
	}
	if got := site.Requests(); len(got) != 0 {
		t.Errorf("there were requests: %q", got)
	}
}

// TestUnknownRefs checks the hints for refs that are not there.
func TestUnknownRefs(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	r.Git("update-ref", "refs/heads/develop", r.Head)
	annotated := r.AnnotatedTag("v1.0", r.Head)
	r.Tag("blob", r.Object("blob", "x"))
	site.Repo("github.com/o/empty", nil)
	headless := site.Repo("github.com/o/headless", gitserve.Files{"a": "1"})
	headless.Git("symbolic-ref", "HEAD", "refs/heads/master")
	many := site.Repo("github.com/o/many", gitserve.Files{"a": "1"})
	for _, n := range []string{"a1", "b2", "c3", "d4", "e5", "f6"} {
		many.Git("update-ref", "refs/heads/"+n, many.Head)
	}
	const no = "0000000000000000000000000000000000000001"
	tests := []struct {
		name, repo, ref string
		want            failure
	}{
		{"typo", "o/n", "devlop", failure{card.ReasonRef, `"devlop"`, "did you mean develop?", ""}},
		{"case", "o/n", "Main", failure{card.ReasonRef, `"Main"`, "did you mean main?", ""}},
		{"tag", "o/n", "1.0", failure{card.ReasonRef, `"1.0"`, "did you mean v1.0?", ""}},
		{"nothing near", "o/n", "xyzzy", failure{card.ReasonRef, `"xyzzy"`, "there is develop, main", ""}},
		{"many", "o/many", "xyzzy", failure{card.ReasonRef, `"xyzzy"`, "and 2 more", ""}},
		{"full name", "o/n", "refs/heads/devel", failure{card.ReasonRef, "refs/heads/devel", "did you mean develop?", "couldn't find remote ref"}},
		{"abbreviated", "o/n", r.Head[:7], failure{card.ReasonRef, "abbreviated", "use the full commit: " + r.Head, ""}},
		{"abbreviated, upper case", "o/n", strings.ToUpper(r.Head[:9]), failure{card.ReasonRef, "abbreviated", "use the full commit: " + r.Head, ""}},
		{"abbreviated, not there", "o/n", "0000000", failure{card.ReasonRef, "abbreviated", "use the full commit", ""}},
		{"abbreviated tag object", "o/n", annotated[:7], failure{card.ReasonRef, "abbreviated", "use the full commit", ""}},
		{"no such commit", "o/n", no, failure{card.ReasonRef, "no commit " + no, "check the hash", "not our ref"}},
		{"no such SHA-256 commit", "o/n", no + no[:24], failure{card.ReasonRef, "no commit", "check the hash", ""}},
		{"a tree", "o/n", r.Git("rev-parse", "main^{tree}"), failure{card.ReasonRef, "not a commit", "full commit", ""}},
		{"a blob's tag", "o/n", "blob", failure{card.ReasonRef, "not a commit", "full commit", ""}},
		{"empty", "o/empty", "", failure{card.ReasonEmpty, "no commit", "push", ""}},
		{"empty, branch", "o/empty", "main", failure{card.ReasonEmpty, "no commit", "push", ""}},
		{"no default branch", "o/headless", "", failure{card.ReasonRef, "no default branch", "there is main", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { fails(t, &repo.Reader{}, tt.repo, tt.ref, tt.want) })
	}
	t.Run("old server", func(t *testing.T) {
		r.Commit("main", gitserve.Files{"a": "2"})
		r.Git("update-ref", "-d", "refs/heads/develop")
		r.Git("tag", "-d", "v1.0")
		site.Set(gitserve.Options{OldProtocol: true})
		fails(t, &repo.Reader{}, "o/n", r.Head, failure{card.ReasonRef, "does not give out the commit", "name one", "unadvertised"})
	})
}

// TestServerFailures has the server fail in every way, at each of the requests
// of a read.
func TestServerFailures(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	private := failure{card.ReasonNotFound, "private", "credential helper", ""}
	tests := []struct {
		name    string
		options gitserve.Options
		want    failure
	}{
		{"password", gitserve.Options{Password: "x"}, failure{card.ReasonNotFound, "github.com asks for a password", "credential helper", "could not read Username"}},
		{"401 without a challenge", gitserve.Options{Status: 401}, private},
		{"403", gitserve.Options{Status: 403}, private},
		{"404", gitserve.Options{Status: 404}, private},
		{"410", gitserve.Options{Status: 410}, private},
		{"418", gitserve.Options{Status: 418}, failure{card.ReasonServer, "status 418", "address", "418"}},
		{"429", gitserve.Options{Status: 429}, failure{card.ReasonServer, "429", "later", "429"}},
		{"500", gitserve.Options{Status: 500}, failure{card.ReasonServer, "github.com answers with a server error (status 500)", "later", "500"}},
		{"503", gitserve.Options{Status: 503}, failure{card.ReasonServer, "status 503", "later", "503"}},
		{"not git", gitserve.Options{NotGit: true}, failure{card.ReasonServer, "not git's", "address", ""}},
	}
	for _, tt := range tests {
		for _, from := range []int{1, 2, 3, 4} {
			if from > 1 && tt.options.Password != "" || from > 2 && tt.options.Status/100 == 4 {
				continue
			}
			t.Run(tt.name+" from request "+string(rune('0'+from)), func(t *testing.T) {
				want := tt.want
				if from > 1 && tt.options.Status/100 == 4 {
					want = failure{reason: want.reason}
				}
				if from > 1 && tt.options.NotGit {
					want = failure{reason: card.ReasonServer}
				}
				o := tt.options
				o.From = from
				site.Set(o)
				fails(t, &repo.Reader{}, "o/n", "main", want)
			})
		}
	}
	t.Run("missing", func(t *testing.T) {
		site.Set(gitserve.Options{})
		fails(t, &repo.Reader{}, "o/certificate-500-ssl", "", failure{card.ReasonNotFound, "no such repository on github.com", "credential helper", "not found"})
	})
}

// TestReadFailures has the server fail when the files' content is wanted.
func TestReadFailures(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	tests := []struct {
		name    string
		options gitserve.Options
		want    failure
	}{
		{"500", gitserve.Options{Status: 500}, failure{card.ReasonServer, "500", "later", ""}},
		{"404", gitserve.Options{Status: 404}, failure{card.ReasonNotFound, "no such repository", "", ""}},
		{"not git", gitserve.Options{NotGit: true}, failure{card.ReasonServer, "not git's", "", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site.Set(gitserve.Options{})
			tree := open(t, &repo.Reader{}, "o/n", "main")
			site.Set(tt.options)
			_, err := tree.Read(context.Background(), []string{"a"})
			tt.want.check(t, err)
		})
	}
}

// TestReadHang has the server answer until the files are read. A second is enough
// for that, unless the machine is busy.
func TestReadHang(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	for timeout := time.Second; timeout < patience.Limit; timeout *= 2 {
		tree, err := (&repo.Reader{Timeout: timeout}).Open(context.Background(), card.Request{Repo: "o/n", Ref: "main"})
		if err != nil {
			failure{card.ReasonTimeout, "did not answer within " + timeout.String(), "--timeout", ""}.check(t, err)
			continue
		}
		defer tree.Close()
		site.Set(gitserve.Options{HangAfter: -1})
		_, err = tree.Read(context.Background(), []string{"a"})
		failure{card.ReasonTimeout, "did not answer within " + timeout.String(), "--timeout", ""}.check(t, err)
		return
	}
	t.Fatal("the repository could not be opened")
}

// TestUnreachable tries hosts that are not there.
func TestUnreachable(t *testing.T) {
	gittest.ClearEnv(t)
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	for _, name := range []string{"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
		t.Setenv(name, "")
	}
	tls := httptest.NewTLSServer(nil)
	t.Cleanup(tls.Close)
	tlsHost := strings.TrimPrefix(tls.URL, "https://")
	plain := httptest.NewServer(nil)
	t.Cleanup(plain.Close)
	plainHost := strings.TrimPrefix(plain.URL, "http://")
	r := &repo.Reader{AllowedHosts: []string{"nowhere.invalid", "127.0.0.1:1", tlsHost, plainHost}}
	tests := []struct {
		name, address string
		want          failure
	}{
		{"DNS", "https://nowhere.invalid/o/n", failure{card.ReasonUnreachable, "nowhere.invalid is not known", "network", "resolve"}},
		{"refused", "https://127.0.0.1:1/o/n", failure{card.ReasonUnreachable, "no connection to 127.0.0.1:1", "network", "connect"}},
		{"unknown certificate", tls.URL + "/o/n", failure{card.ReasonUnreachable, "no secure connection", "sslCAInfo", ""}},
		{"no TLS", "https://" + plainHost + "/o/n", failure{card.ReasonUnreachable, "no secure connection", "", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { fails(t, r, tt.address, "", tt.want) })
	}
	t.Run("proxy", func(t *testing.T) {
		t.Setenv("https_proxy", "http://nowhere.invalid:1")
		fails(t, &repo.Reader{}, "o/n", "", failure{card.ReasonUnreachable, "proxy", "http.proxy", ""})
	})
}

// TestGitFailures tries machines on which git does not work.
func TestGitFailures(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	script := func(t *testing.T, body string) string { return write(t, 0o755, "#!/bin/sh\n"+body, t.TempDir(), "git") }
	t.Run("not installed", func(t *testing.T) {
		fails(t, &repo.Reader{Git: "git-that-is-not-there"}, "o/n", "", failure{card.ReasonGit, "not installed", "install git", ""})
	})
	t.Run("not in PATH", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		fails(t, &repo.Reader{}, "o/n", "", failure{card.ReasonGit, "not installed", "install git", ""})
	})
	t.Run("not executable", func(t *testing.T) {
		path := script(t, "")
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		fails(t, &repo.Reader{Git: path}, "o/n", "", failure{card.ReasonGit, "cannot be run", "installation", ""})
	})
	t.Run("too old", func(t *testing.T) {
		git := script(t, "echo \"error: unknown option \\`object-format=sha1'\" >&2; echo 'usage: git init' >&2; exit 129\n")
		fails(t, &repo.Reader{Git: git}, "o/n", "", failure{card.ReasonGit, "too old", "2.30", "unknown option"})
	})
	t.Run("no https", func(t *testing.T) {
		git := script(t, "case \"$*\" in *init*) exec git \"$@\";; esac; echo \"git: 'remote-https' is not a git command. See 'git --help'.\" >&2; exit 128\n")
		fails(t, &repo.Reader{Git: git}, "o/n", "", failure{card.ReasonGit, "https", "install", ""})
	})
	for _, line := range []string{"write error: No space left on device", "could not set 'core.repositoryformatversion' to '0'"} {
		t.Run("disk full: "+line, func(t *testing.T) {
			git := script(t, "echo \"fatal: "+line+"\" >&2; exit 128\n")
			fails(t, &repo.Reader{Git: git}, "o/n", "", failure{card.ReasonGit, "cannot be stored", "TMPDIR", line})
		})
	}
	t.Run("one large object", func(t *testing.T) {
		git := script(t, "echo \"fatal: attempting to allocate 1073741825 over limit $GIT_ALLOC_LIMIT\" >&2; exit 128\n")
		fails(t, &repo.Reader{Git: git, MaxMemory: 5 << 20}, "o/n", "", failure{card.ReasonTooLarge, "more than git can read", "repository of its own", "over limit 5242880"})
	})
	for line, message := range map[string]string{
		"fatal: unable to access 'http://x/': Received HTTP/0.9 when not allowed":             "not git's",
		"fatal: unable to access 'http://x/': transfer closed with 4 bytes remaining to read": "broke off",
		"fatal: error processing shallow info: 4":                                             "broke off",
		"error: 189 bytes of body are still expected\nfatal: expected flush after ref":        "broke off",
		"fatal: unable to access 'http://x/': Invalid Content-Length: value":                  "the answer of github.com cannot be read: Invalid Content-Length: value",
		"error: http://x/ did not send all necessary objects":                                 "does not send what it has listed",
		"fatal: remote error: upload-pack: not our ref 0123":                                  "does not send what it has listed",
	} {
		t.Run(line, func(t *testing.T) {
			git := script(t, "case \"$*\" in *init*) exec git \"$@\";; esac; cat >&2 <<'.'\n"+line+"\n.\nexit 128\n")
			fails(t, &repo.Reader{Git: git}, "o/n", "", failure{reason: card.ReasonServer, message: message})
		})
	}
	t.Run("something new", func(t *testing.T) {
		git := script(t, "printf 'fatal: wh\\033[31mat\\342\\200\\256\\n' >&2; exit 128\n")
		fails(t, &repo.Reader{Git: git}, "o/n", "", failure{card.ReasonGit, "wh\uFFFD[31mat\uFFFD", "", ""})
	})
	t.Run("silent", func(t *testing.T) {
		fails(t, &repo.Reader{Git: script(t, "exit 3\n")}, "o/n", "", failure{card.ReasonGit, "git failed", "", "exit status 3"})
	})
	t.Run("bad configuration", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(path, []byte("[user\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GIT_CONFIG_GLOBAL", path)
		fails(t, &repo.Reader{}, "o/n", "", failure{card.ReasonGit, "configuration", "git config", "bad config"})
	})
	t.Run("protocol not allowed", func(t *testing.T) {
		t.Setenv("GIT_ALLOW_PROTOCOL", "https")
		fails(t, &repo.Reader{}, "o/n", "", failure{card.ReasonGit, "protocol", "insteadOf", "'http'"})
	})
	t.Run("no temporary folder", func(t *testing.T) {
		t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
		_, err := (&repo.Reader{}).Open(context.Background(), card.Request{Repo: "o/n", Ref: ""})
		failure{card.ReasonGit, "cannot store", "TMPDIR", ""}.check(t, err)
	})
}

// TestRefNames checks that every ref which is let through to git is a name by
// git's own rules.
func TestRefNames(t *testing.T) {
	gittest.ClearEnv(t)
	const alphabet = "aB1/.-_@{}~^:?*[\\ +=,#%é\x7f\x01"
	random := rand.New(rand.NewPCG(1, 2))
	let := 0
	for range 400 {
		var ref strings.Builder
		for range 1 + random.IntN(6) {
			if random.IntN(3) > 0 {
				ref.WriteString([]string{"a", "v1.0", "/", "HEAD"}[random.IntN(4)])
				continue
			}
			ref.WriteByte(alphabet[random.IntN(len(alphabet))])
		}
		_, err := (&repo.Reader{Git: "/no/git/runs"}).Open(context.Background(), card.Request{Repo: "o/n", Ref: ref.String()})
		var e *card.Error
		if !errors.As(err, &e) || e.Reason == card.ReasonRef {
			continue
		}
		let++
		if err := exec.Command("git", "check-ref-format", "--allow-onelevel", ref.String()).Run(); err != nil {
			t.Errorf("%q is let through to git: %v", ref.String(), err)
		}
	}
	if let < 40 {
		t.Errorf("only %d of the refs were let through: the test tests nothing", let)
	}
}
