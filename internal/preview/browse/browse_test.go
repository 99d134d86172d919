package browse

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// fake answers as a browser does, with what reply returns for a method.
func fake(t *testing.T, reply func(m message) []string, handle func(event)) *conn {
	t.Helper()
	hears, out := io.Pipe()
	in, says := io.Pipe()
	go func() {
		defer says.Close()
		defer hears.Close()
		for r := bufio.NewReader(hears); ; {
			text, err := r.ReadBytes(0)
			if err != nil {
				return
			}
			var m message
			if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
				t.Error(err)
				return
			}
			for _, answer := range reply(m) {
				if answer == "" {
					return
				}
				_, _ = says.Write(append([]byte(answer), 0))
			}
		}
	}()
	t.Cleanup(func() { out.Close() })
	return newConn(in, out, handle)
}

func TestConn(t *testing.T) {
	methods := make(chan string, 2)
	c := fake(t, func(m message) []string {
		switch m.Method {
		case "Works":
			return []string{`{"method": "First", "sessionId": "s"}`, `{"method": "Second"}`, `{"id": 1, "result": {"value": 3}}`}
		case "Fails":
			return []string{`{"id": 2, "error": {"message": "no such thing"}}`}
		}
		return []string{""}
	}, func(e event) { methods <- e.session + e.method })
	var got struct{ Value int }
	if err := c.call(t.Context(), "", "Works", object{"a": 1}, &got); err != nil || got.Value != 3 {
		t.Errorf("%v, %v", got, err)
	}
	if first, second := <-methods, <-methods; first != "sFirst" || second != "Second" {
		t.Errorf("%s, %s", first, second)
	}
	if err := c.call(t.Context(), "", "Fails", nil, nil); err == nil || err.Error() != "Fails: no such thing" {
		t.Error(err)
	}
	if err := c.call(t.Context(), "", "Ends", nil, nil); !errors.Is(err, errEnded) {
		t.Error(err)
	}
	if err := c.call(t.Context(), "", "Late", nil, nil); !errors.Is(err, errEnded) {
		t.Error(err)
	}
}

// TestConnCanceled does not wait for an answer that nobody wants any more.
func TestConnCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := fake(t, func(message) []string { cancel(); return nil }, func(event) {})
	if err := c.call(ctx, "", "Silent", nil, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestNoBrowser says what a program printed that is no browser, and leaves no
// profile behind.
func TestNoBrowser(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no browser is started there")
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	path := filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho 'no usable sandbox' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), path)
	if err == nil || !strings.Contains(err.Error(), "does not start: no usable sandbox") {
		t.Error(err)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if path, err := Find(); runtime.GOOS == "linux" && !errors.Is(err, errNone) {
		t.Errorf("%s, %v", path, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, name := range []string{"google-chrome-stable", "chromium"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if path, err := Find(); err != nil || filepath.Base(path) != "chromium" {
		t.Errorf("%s, %v", path, err)
	}
}

// TestTraffic collects what several sessions tell of one request.
func TestTraffic(t *testing.T) {
	var c collector
	for _, e := range [][2]string{
		{"Network.responseReceivedExtraInfo", `{"requestId": "2", "statusCode": 404}`},
		{"Network.requestWillBeSent", `{"requestId": "1", "type": "Document", "request": {"url": "http://a/1"}}`},
		{"Network.requestWillBeSent", `{"requestId": "1", "type": "Document", "request": {"url": "http://a/2"}, "redirectResponse": {"status": 302}}`},
		{"Network.responseReceived", `{"requestId": "1", "response": {"status": 200, "mimeType": "text/html"}}`},
		{"Network.requestWillBeSent", `{"requestId": "2", "type": "Script", "request": {"url": "http://a/s.js"}}`},
		{"Network.loadingFailed", `{"requestId": "2", "errorText": "net::ERR_BLOCKED_BY_ORB"}`},
		{"Network.loadingFailed", `{"requestId": "unknown", "errorText": "x"}`},
		{"Network.webSocketCreated", `{"requestId": "3", "url": "ws://a/ws"}`},
		{"Network.webSocketHandshakeResponseReceived", `{"requestId": "3", "response": {"status": 101}}`},
		{"Network.webSocketFrameReceived", `{"requestId": "3", "response": {"payloadData": "one"}}`},
		{"Network.webSocketFrameReceived", `{"requestId": "3", "response": {"payloadData": "two"}}`},
		{"Network.eventSourceMessageReceived", `{"requestId": "4", "data": "{}"}`},
		{"Runtime.exceptionThrown", `{"exceptionDetails": {"text": "Uncaught", "exception": {"description": "Error: no\n at x"}}}`},
		{"Runtime.consoleAPICalled", `{"type": "error", "args": [{"value": "bad"}, {"value": 3}]}`},
		{"Runtime.consoleAPICalled", `{"type": "log", "args": [{"value": "good"}]}`},
	} {
		c.take(event{"s", e[0], json.RawMessage(e[1])})
	}
	got := c.copy()
	if r := got.Exchanges[0]; len(got.Exchanges) != 2 || r.URL != "http://a/2" || !slices.Equal(r.From, []string{"http://a/1"}) || r.Status != 200 || r.Type != "text/html" || r.Error != "" {
		t.Errorf("%+v", got.Exchanges)
	}
	if r := got.Exchanges[1]; r.Status != 404 || r.Kind != "Script" || r.Error == "" {
		t.Errorf("%+v", r)
	}
	if s := got.Sockets[0]; s.Status != 101 || s.Received != 2 || s.First != "one" {
		t.Errorf("%+v", s)
	}
	if !slices.Equal(got.Messages, []string{"{}"}) || !slices.Equal(got.Problems, []string{"Uncaught Error: no", "bad 3"}) {
		t.Errorf("%q, %q", got.Messages, got.Problems)
	}
}
