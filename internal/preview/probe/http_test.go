package probe

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// answers are a server's, one after the other, the last one again and again;
// each takes a while.
type answers struct {
	statuses []int
	takes    time.Duration
	asked    int
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(a.takes)
	status := a.statuses[min(a.asked, len(a.statuses)-1)]
	a.asked++
	header := http.Header{"Content-Type": {"text/html"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

// TestOpenAgain asks again where the app's page is an error at first, however
// long it took to become one; and gives up.
func TestOpenAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		server answers
		status int
		late   bool
	}{
		{"at once", answers{statuses: []int{200}, takes: time.Second}, 200, false},
		{"ready later", answers{statuses: []int{500, 500, 200}, takes: time.Second}, 200, true},
		{"a busy machine", answers{statuses: []int{500, 200}, takes: time.Minute}, 200, true},
		{"never", answers{statuses: []int{500}, takes: time.Second}, 500, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s seen
				c := newClient(Target{Page: "http://localhost:9000/"})
				c.http.Transport = &test.server
				r, _, err := c.open(t.Context(), server+"app", &s)
				if err != nil || r.Status != test.status || s.late != test.late {
					t.Errorf("status %d, late %v, %v", r.Status, s.late, err)
				}
			})
		})
	}
}

// endless is a server whose answers do not end.
type endless struct{}

func (endless) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: io.NopCloser(endless{}), Request: r}, nil
}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestBodyIsBounded reads a page that does not end, and tells what it began with.
func TestBodyIsBounded(t *testing.T) {
	c := newClient(Target{Page: "http://localhost:9000/"})
	c.http.Transport = endless{}
	r, body := c.get(t.Context(), server+"app", "Document")
	if r.Status != 200 || len(body) != maxBody {
		t.Errorf("status %d and %d bytes, %s", r.Status, len(body), r.Error)
	}
}
