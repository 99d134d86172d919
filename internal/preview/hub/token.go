package hub

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenLife is how long a /v2/ page may ask for its build.
const tokenLife = 300 * time.Second

// tokens signs and checks build tokens: what the hub's own page carries so that
// its build requests do not count against the rate limit. One is good for one
// spec and for the host that asked for the page.
type tokens []byte

func (h *Hub) buildTokens() tokens {
	h.tokensOnce.Do(func() {
		h.tokens = make(tokens, 32)
		_, _ = rand.Read(h.tokens) // never fails
	})
	return h.tokens
}

// issue makes a token: when it ends, and a signature.
func (t tokens) issue(spec, host string, now time.Time) string {
	end := now.Add(tokenLife).Unix()
	return fmt.Sprintf("%d.%s", end, t.sign(spec, host, end))
}

func (t tokens) valid(token, spec, host string, now time.Time) bool {
	before, signature, _ := strings.Cut(token, ".")
	var end int64
	if _, err := fmt.Sscan(before, &end); err != nil || now.Unix() > end {
		return false
	}
	return hmac.Equal([]byte(signature), []byte(t.sign(spec, host, end)))
}

func (t tokens) sign(spec, host string, end int64) string {
	mac := hmac.New(sha256.New, t)
	fmt.Fprintf(mac, "%s\n%s\n%d", spec, host, end)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// origin is the host that a build request comes from: its Origin header's, else
// the one that it was sent to.
func origin(r *http.Request) string {
	if u, err := url.Parse(r.Header.Get("Origin")); err == nil && u.Host != "" {
		return u.Host
	}
	return r.Host
}
