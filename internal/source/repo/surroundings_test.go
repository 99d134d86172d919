package repo_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// write makes a file and returns its path.
func write(t testing.TB, mode os.FileMode, content string, elements ...string) string {
	t.Helper()
	path := filepath.Join(elements...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSurroundings reads with everything set that could change what git does:
// variables as a hook has them, a configuration full of habits, and a current
// folder whose repository would lead elsewhere.
func TestSurroundings(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": "1", "160000 sub": strings.Repeat("1", 40)})
	dir := t.TempDir()
	mark := filepath.Join(dir, "mark")
	script := "#!/bin/sh\ntouch " + mark + "\n"
	write(t, 0o755, script, dir, "hooks", "reference-transaction")
	write(t, 0o755, script, dir, "template", "hooks", "reference-transaction")
	write(t, 0o644, "[core]\n\tfsmonitor = "+write(t, 0o755, script, dir, "run")+"\n", dir, "template", "config")
	config := write(t, 0o644, `
[protocol]
	version = 0
[core]
	askPass = `+filepath.Join(dir, "run")+`
	hooksPath = `+filepath.Join(dir, "hooks")+`
[init]
	templateDir = `+filepath.Join(dir, "template")+`
	defaultBranch = trunk
[fetch]
	recurseSubmodules = true
	prune = true
	parallel = 8
	writeCommitGraph = true
	negotiationAlgorithm = consecutive
[gc]
	auto = 1
	autoDetach = true
[color]
	ui = always
[safe]
	bareRepository = explicit
[transfer]
	unpackLimit = 1000
[push]
	recurseSubmodules = check
`, dir, "gitconfig")
	here := filepath.Join(dir, "here")
	git(t, "init", "--quiet", here)
	git(t, "-C", here, "config", "url.http://127.0.0.1:1/evil/.insteadOf", "https://github.com/o/")
	t.Chdir(here)
	for k, v := range map[string]string{
		"GIT_CONFIG_GLOBAL": config, "GIT_DIR": filepath.Join(here, ".git"), "GIT_WORK_TREE": here,
		"GIT_INDEX_FILE": "index", "GIT_OBJECT_DIRECTORY": "/nonexistent", "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent",
		"GIT_NAMESPACE": "elsewhere", "GIT_CEILING_DIRECTORIES": "/", "GIT_SHALLOW_FILE": "/nonexistent", "GIT_COMMON_DIR": "/nonexistent",
		"GIT_TRACE": "1", "GIT_TRACE2": "1", "GIT_TRACE_PACKET": mark, "GIT_CURL_VERBOSE": "1", "GIT_PROTOCOL": "version=0",
		"GIT_DEFAULT_HASH": "sha256", "GIT_TEMPLATE_DIR": filepath.Join(dir, "template"), "GIT_QUARANTINE_PATH": "/nonexistent",
		"GIT_ASKPASS": filepath.Join(dir, "run"), "SSH_ASKPASS": filepath.Join(dir, "run"), "DISPLAY": ":0", "GIT_TERMINAL_PROMPT": "1",
		"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "GIT_PREFIX": "x/", "GIT_NO_LAZY_FETCH": "0",
	} {
		t.Setenv(k, v)
	}
	site.Set(gitserve.Options{})
	tree := open(t, &repo.Reader{}, "o/n", "main")
	if got := string(read(t, tree, "a").Data); got != "1" {
		t.Errorf("content %q", got)
	}
	if got := site.Requests(); len(got) != 6 {
		t.Errorf("%d requests, want 6: %q", len(got), got)
	}
	site.Set(gitserve.Options{Password: "x"})
	fails(t, &repo.Reader{}, "o/n", "", failure{card.ReasonNotFound, "password", "", "could not read Username"})
	if _, err := os.Stat(mark); err == nil {
		t.Error("a hook, an askpass program or a trace ran")
	}
}

func git(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// TestUsersConfiguration checks what of the user's configuration is kept: a
// credential helper, and a mirror by another protocol.
func TestUsersConfiguration(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{Password: "secret"})
	site.Setenv()
	r := site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	t.Run("credential helper", func(t *testing.T) {
		t.Setenv("GIT_CONFIG_GLOBAL", write(t, 0o644,
			"[credential]\n\thelper = \"!f() { echo username=u; echo password=secret; }; f\"\n", t.TempDir(), "config"))
		tree := open(t, &repo.Reader{}, "o/n", "")
		if got := string(read(t, tree, "a").Data); got != "1" {
			t.Errorf("content %q", got)
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		t.Setenv("GIT_CONFIG_GLOBAL", write(t, 0o644,
			"[credential]\n\thelper = \"!f() { echo username=u; echo password=wrong; }; f\"\n", t.TempDir(), "config"))
		fails(t, &repo.Reader{}, "o/n", "", failure{card.ReasonNotFound, "password", "credential helper", "Authentication failed"})
	})
	t.Run("mirror", func(t *testing.T) {
		gittest.ClearEnv(t)
		t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
		t.Setenv("GIT_CONFIG_GLOBAL", write(t, 0o644,
			"[url \"file://"+filepath.Dir(r.Dir)+"/\"]\n\tinsteadOf = https://github.com/o/\n", t.TempDir(), "config"))
		tree := open(t, &repo.Reader{}, "o/n", "")
		if got := string(read(t, tree, "a").Data); got != "1" {
			t.Errorf("content %q", got)
		}
	})
	t.Run("secret in a mirror's address", func(t *testing.T) {
		gittest.ClearEnv(t)
		t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
		t.Setenv("GIT_CONFIG_GLOBAL", write(t, 0o644,
			"[url \"http://u:hidden@127.0.0.1:1/\"]\n\tinsteadOf = https://github.com/\n", t.TempDir(), "config"))
		_, err := (&repo.Reader{}).Open(context.Background(), card.Request{Repo: "o/n", Ref: ""})
		failure{card.ReasonUnreachable, "no connection", "", ""}.check(t, err)
		var e *card.Error
		if errors.As(err, &e); e == nil || strings.Contains(e.Err.Error()+e.Message, "hidden") {
			t.Errorf("the error tells the secret: %v", e)
		}
	})
}

// hop is a path that leads on so many times.
var hop = regexp.MustCompile(`/o/hops(\d+)(\.git/.*)`)

// TestRedirects follows a renamed repository, but not from https to http, to a host that
// may not be read, to what is no repository, or for ever.
func TestRedirects(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/new", gitserve.Files{"a": "1"})
	var away atomic.Int32
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { away.Add(1) }))
	t.Cleanup(other.Close)
	tls := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/o/old.git/"):
			http.Redirect(w, r, strings.Replace(r.URL.String(), "/o/old.git", "/o/new.git", 1), http.StatusMovedPermanently)
		case hop.MatchString(r.URL.Path):
			parts := hop.FindStringSubmatch(r.URL.String())
			next := "new"
			if left, _ := strconv.Atoi(parts[1]); left > 1 {
				next = fmt.Sprintf("hops%d", left-1)
			}
			http.Redirect(w, r, "/o/"+next+parts[2], http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/o/moved.git/"):
			http.Redirect(w, r, "https://gitlab.com"+strings.Replace(r.URL.String(), "/o/moved.git", "/o/new.git", 1), http.StatusTemporaryRedirect)
		case strings.HasPrefix(r.URL.Path, "/o/away.git/"):
			http.Redirect(w, r, other.URL+strings.Replace(r.URL.String(), "/o/away.git", "/o/new.git", 1), http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/o/login.git/"):
			http.Redirect(w, r, "/login", http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/o/round.git/"):
			http.Redirect(w, r, r.URL.String(), http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, "/o/down.git/"):
			http.Redirect(w, r, site.URL+"/github.com"+strings.Replace(r.URL.String(), "/o/down.git", "/o/new.git", 1), http.StatusMovedPermanently)
		default:
			r.URL.Path = "/github.com" + r.URL.Path
			site.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(tls.Close)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tls.Certificate().Raw})
	t.Setenv("GIT_SSL_CAINFO", write(t, 0o644, string(certificate), t.TempDir(), "ca.pem"))
	t.Setenv("GIT_CONFIG_COUNT", "2")
	t.Setenv("GIT_CONFIG_KEY_0", "url."+tls.URL+"/.insteadOf")
	t.Setenv("GIT_CONFIG_VALUE_0", "https://github.com/")
	t.Setenv("GIT_CONFIG_KEY_1", "url."+tls.URL+"/.insteadOf")
	t.Setenv("GIT_CONFIG_VALUE_1", "https://gitlab.com/")
	for _, name := range []string{"o/new", "o/old", "o/moved", "o/hops5"} {
		if got := string(read(t, open(t, &repo.Reader{}, name, ""), "a").Data); got != "1" {
			t.Errorf("%s: content %q", name, got)
		}
	}
	site.Set(gitserve.Options{})
	fails(t, &repo.Reader{}, "o/down", "", failure{reason: card.ReasonServer, message: "redirect"})
	if got := site.Requests(); len(got) != 0 {
		t.Errorf("the redirect to http was followed: %q", got)
	}
	for name, message := range map[string]string{
		"o/away": "github.com redirects to 127.0.0.1:", "o/login": "to what is no repository", "o/round": "again and again",
		"o/hops6": "again and again", "o/hops10": "again and again",
	} {
		for _, ref := range []string{"", "main"} {
			fails(t, &repo.Reader{}, name, ref, failure{reason: card.ReasonServer, message: message})
		}
	}
	if n := away.Load(); n > 0 {
		t.Errorf("a host that may not be read was asked %d times", n)
	}
}

// TestGivenUp stops reads at each of their requests, by the caller and by the
// time limit. Neither files nor processes are left.
func TestGivenUp(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": noise(3, 1<<20)})
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	use := func(ctx context.Context, r *repo.Reader) error {
		tree, err := r.Open(ctx, card.Request{Repo: "o/n", Ref: "main"})
		if err != nil {
			return err
		}
		defer tree.Close()
		_, err = tree.Read(ctx, []string{"a"})
		return err
	}
	for _, o := range []gitserve.Options{
		{HangAfter: -1, From: 1}, {HangAfter: -1, From: 2}, {HangAfter: 10, From: 3}, {HangAfter: 20, From: 4}, {HangAfter: -1, From: 5}, {HangAfter: 500_000, From: 6},
	} {
		t.Run("canceled at request "+string(rune('0'+o.From)), func(t *testing.T) {
			site.Set(o)
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				patience.Until(func() bool { return site.Hanging() > 0 || ctx.Err() != nil })
				cancel()
			}()
			err := use(ctx, &repo.Reader{})
			failure{card.ReasonCanceled, "canceled", "", ""}.check(t, err)
			isEmpty(t, temp)
			noProcess(t, site.URL)
		})
	}
	t.Run("timeout", func(t *testing.T) {
		site.Set(gitserve.Options{HangAfter: -1, From: 2})
		err := use(context.Background(), &repo.Reader{Timeout: 300 * time.Millisecond})
		failure{card.ReasonTimeout, "within 300ms", "--timeout", ""}.check(t, err)
		isEmpty(t, temp)
		noProcess(t, site.URL)
	})
	t.Run("deadline of the caller", func(t *testing.T) {
		site.Set(gitserve.Options{HangAfter: -1})
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		failure{card.ReasonTimeout, "did not answer in time", "--timeout", ""}.check(t, use(ctx, &repo.Reader{}))
		isEmpty(t, temp)
	})
	t.Run("canceled before", func(t *testing.T) {
		site.Set(gitserve.Options{})
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		failure{card.ReasonCanceled, "canceled", "", ""}.check(t, use(ctx, &repo.Reader{}))
		isEmpty(t, temp)
	})
}

// noProcess checks that no process has the text in its arguments. A killed one
// may take a moment.
func noProcess(t *testing.T, text string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	var found string
	gone := patience.Until(func() bool {
		found = ""
		paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil && strings.Contains(string(data), text) {
				found = strings.ReplaceAll(string(data), "\x00", " ")
			}
		}
		return found == ""
	})
	if !gone {
		t.Errorf("a process is left: %s", found)
	}
}

// TestConcurrent reads with one reader from several goroutines.
func TestConcurrent(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	names := []string{"o/a", "o/b", "o/c", "o/d"}
	for _, name := range names {
		site.Repo("github.com/"+name, gitserve.Files{"which": name})
	}
	r := &repo.Reader{}
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() {
			tree, err := r.Open(context.Background(), card.Request{Repo: name, Ref: "main"})
			if err != nil {
				t.Error(err)
				return
			}
			defer tree.Close()
			blobs, err := tree.Read(context.Background(), []string{"which"})
			if err != nil || string(blobs["which"].Data) != name {
				t.Errorf("%s: %q, %v", name, blobs["which"].Data, err)
			}
		})
	}
	wg.Wait()
}
