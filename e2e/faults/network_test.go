package faults

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/testing/faults"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// wave is a repository with an app.
var wave = gitserve.Files{
	"sine/main.py": "from bokeh.io import curdoc\n", "requirements.txt": "bokeh\njupyter-server-proxy\n",
	"start": "bokeh serve sine --port=5006 &\nexec \"$@\"\n",
}

// blog is a site that shows it.
var blog = tree{"hugo.toml": "title = 'x'\nmarkup._merge = 'deep'\n", "content/p.md": "---\ntitle: P\n---\n<<< bokehbinder repo=demo/wave ref=main >>>\n"}

// network is a site whose repository is behind a proxy.
type network struct {
	*faults.Proxy
	temp string
	want tree // the site once it is in step
}

// syncing is the command sync, for a site; what it waits for at most.
func syncing(dir string, timeout time.Duration) []string {
	return []string{"sync", "-q", "--hugo", "no-such-hugo", "--timeout", timeout.String(), dir}
}

// served serves the repository behind a proxy, with a configuration by HTTPS.
func served(t *testing.T, config *tls.Config) (*gittest.Site, *network) {
	t.Helper()
	forge := gittest.Serve(t, gitserve.Options{})
	forge.Repo("github.com/demo/wave", wave)
	n := &network{Proxy: faults.New(t, forge.URL, config)}
	forge.URL = n.URL
	forge.Setenv()
	n.temp = t.TempDir()
	t.Setenv("TMPDIR", n.temp)
	return forge, n
}

// learn finds out how the site is without a fault, and how much that asks.
func (n *network) learn(t *testing.T) (bytes, bodies int64, requests int) {
	t.Helper()
	dir := t.TempDir()
	blog.write(t, dir)
	n.Set(t, faults.Fault{})
	if code, said := run(t, syncing(dir, time.Minute)...); code != cli.ExitDone {
		t.Fatalf("without a fault: %d\n%s", code, said)
	}
	n.want = read(t, dir)
	return n.Sent()
}

// meet has a run meet a fault, and another one none.
func (n *network) meet(t *testing.T, name, detail string, f faults.Fault, timeout time.Duration, fits string) {
	t.Helper()
	dir := t.TempDir()
	blog.write(t, dir)
	n.Set(t, f)
	code, said := run(t, syncing(dir, timeout)...)
	var wrong []string
	switch {
	case code == cli.ExitDone:
		wrong = read(t, dir).differs(n.want)
	case code != cli.ExitUnreadable:
		wrong = append(wrong, fmt.Sprintf("it ends with %d", code))
		fallthrough
	default:
		if !regexp.MustCompile(`^error: content/p\.md:4:1: https://github\.com/demo/wave: .*(?:` + fits + `).*\nhint: `).MatchString(said) {
			wrong = append(wrong, "it says "+said)
		}
		wrong = append(wrong, read(t, dir).differs(blog)...)
	}
	wrong = append(wrong, left(t, n.temp)...)
	n.Set(t, faults.Fault{})
	if code, said := run(t, syncing(dir, time.Minute)...); code != cli.ExitDone {
		wrong = append(wrong, "the next run fails: "+said)
	}
	wrong = append(wrong, read(t, dir).differs(n.want)...)
	count(t, "git server", name, detail, code != cli.ExitDone, append(wrong, left(t, n.temp)...)...)
}

const (
	brokeOff = `github\.com broke off its answer`
	notGits  = `the answer of github\.com is not git's`
)

// TestServer has the git server's answers break in every way.
func TestServer(t *testing.T) {
	forge, n := served(t, nil)
	bytes, bodies, requests := n.learn(t)
	t.Logf("%d bytes in %d answers", bytes, requests)
	step := max(bytes/int64(few(6, 60)), 1)
	for at := int64(1); at <= bytes; at += step {
		detail := fmt.Sprintf("at byte %d", at)
		n.meet(t, "connection reset at the n-th byte", detail, faults.Fault{Reset: at}, time.Minute, brokeOff)
		n.meet(t, "connection closed at the n-th byte", detail, faults.Fault{Close: at}, time.Minute, brokeOff)
		n.meet(t, "answer or pack truncated at the n-th byte", detail, faults.Fault{Cut: 1 + (at-1)*bodies/bytes}, time.Minute, brokeOff+"|"+notGits)
		n.meet(t, "n-th byte changed", detail, faults.Fault{Flip: at}, time.Minute, ".")
	}
	n.meet(t, "connection refused", "", faults.Fault{Refuse: true}, time.Minute, `there is no connection to github\.com`)
	n.meet(t, "one byte a second", "", faults.Fault{Pause: time.Second}, 3*time.Second, `github\.com did not answer within 3s`)
	silent := func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
	elsewhere := faults.Redirect("https://127.0.0.1:1")
	for from := 1; from <= requests; from++ {
		detail := fmt.Sprintf("from request %d", from)
		n.meet(t, "connection closed inside of the headers, each time", detail, faults.Fault{Answer: faults.Headers("HTTP/1.1 200 OK\r\nContent-Ty"), From: from}, time.Minute, brokeOff)
		n.meet(t, "half-open: accepted, never answered", detail, faults.Fault{Answer: silent, From: from}, 3*time.Second, `github\.com did not answer within 3s`)
		for _, status := range []int{500, 502, 503, 504}[:few(1, 4)] {
			n.meet(t, "5xx", detail, faults.Fault{Answer: faults.Status(status), From: from}, time.Minute, fmt.Sprintf(`github\.com answers with a server error \(status %d\)`, status))
		}
		n.meet(t, "redirect elsewhere", detail, faults.Fault{Answer: elsewhere, From: from}, time.Minute, `github\.com redirects`)
	}
	wrongObjects(t, forge, n, requests)
}

// wrongObjects has the server send whole packs of what was not asked for.
func wrongObjects(t *testing.T, forge *gittest.Site, n *network, requests int) {
	t.Helper()
	repo := &gitserve.Repo{Dir: forge.RepoDir("github.com/demo/wave")}
	git := func(args ...string) string {
		t.Helper()
		out, err := repo.Git(args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	head := git("rev-parse", "main")
	other, err := repo.Commit("other", gitserve.Files{"sine/main.py": "x\n", "start": "y\n"})
	if err != nil {
		t.Fatal(err)
	}
	const sent = `github\.com does not send what it has listed|` + brokeOff + "|" + notGits
	blob, unasked := git("rev-parse", "main:start"), git("rev-parse", "other:start")
	for name, pair := range map[string][2]string{"commit": {head, other}, "file": {blob, unasked}} {
		swap := func(body []byte) []byte { return bytes.ReplaceAll(body, []byte(pair[0]), []byte(pair[1])) }
		n.meet(t, "pack with another "+name, "", faults.Fault{Swap: swap}, time.Minute, sent)
	}
	forge.Repo("github.com/demo/stranger", gitserve.Files{"a": "1\n"})
	stranger := func(_ http.ResponseWriter, r *http.Request) bool {
		r.URL.Path = strings.Replace(r.URL.Path, "demo/wave", "demo/stranger", 1)
		return false
	}
	for from := 3; from <= requests; from++ { // the second lists what there is
		n.meet(t, "another repository's answers", fmt.Sprintf("from request %d", from), faults.Fault{Answer: stranger, From: from}, time.Minute, sent+"|no commit")
	}
}

// TestCertificates has servers that prove to be somebody else, or to have been or to
// become it: to a clock that is wrong all do.
func TestCertificates(t *testing.T) {
	now := time.Now()
	const hour = time.Hour
	for _, c := range []struct {
		name       string
		trusted    bool
		host       string
		begin, end time.Time
	}{
		{"certificate of an unknown authority", false, "127.0.0.1", now.Add(-hour), now.Add(hour)},
		{"certificate of another host", true, "192.0.2.1", now.Add(-hour), now.Add(hour)},
		{"certificate that has expired, as to a clock that is ahead", true, "127.0.0.1", now.Add(-2 * hour), now.Add(-hour)},
		{"certificate to come, as to a clock that is behind", true, "127.0.0.1", now.Add(hour), now.Add(2 * hour)},
	} {
		t.Run(c.name, func(t *testing.T) {
			right, config := certificate(t, "127.0.0.1", now.Add(-hour), now.Add(hour))
			authorities, wrong := certificate(t, c.host, c.begin, c.end)
			if c.trusted {
				right = append(right, authorities...)
			}
			file := filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(file, right, 0o644); err != nil {
				t.Fatal(err)
			}
			changing := &tls.Config{Certificates: config.Certificates}
			bad := false
			changing.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
				if bad {
					return wrong, nil
				}
				return config, nil
			}
			_, n := served(t, changing)
			t.Setenv("GIT_SSL_CAINFO", file)
			n.learn(t)
			dir := t.TempDir()
			blog.write(t, dir)
			bad = true
			code, said := run(t, syncing(dir, time.Minute)...)
			var lost []string
			if code != cli.ExitUnreadable || !strings.Contains(said, "there is no secure connection to github.com") || !strings.Contains(said, "\nhint: its certificate") {
				lost = append(lost, fmt.Sprintf("%d: %s", code, said))
			}
			lost = append(append(lost, read(t, dir).differs(blog)...), left(t, n.temp)...)
			bad = false
			if code, said := run(t, syncing(dir, time.Minute)...); code != cli.ExitDone {
				lost = append(lost, "the next run fails: "+said)
			}
			count(t, "git server", c.name, "", true, append(lost, read(t, dir).differs(n.want)...)...)
		})
	}
}

// certificate makes one that vouches for itself.
func certificate(t *testing.T, host string, begin, end time.Time) (authority []byte, config *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host}, IPAddresses: []net.IP{net.ParseIP(host)},
		NotBefore: begin, NotAfter: end, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
