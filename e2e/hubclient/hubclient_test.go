// Package hubclient drives the hub of the tests with the client that BinderHub
// publishes, so that it is known to speak BinderHub's protocol and not one that
// only our own script understands.
package hubclient

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
)

const (
	spec    = "gh/demo/sine/HEAD"
	urlpath = "/proxy/5006/bokeh-app?theme=dark"
)

// drive launches at a hub with the client and returns what it yielded.
func drive(t *testing.T, hub, spec, urlpath string) []map[string]any {
	t.Helper()
	node := need.Program(t, "node", "node")
	need.File(t, "node", "../node_modules/@jupyterhub/binderhub-client", "run npm ci in e2e")
	cmd := exec.CommandContext(t.Context(), node, "drive.mjs", hub, spec, urlpath)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr.Bytes())
	}
	var events []map[string]any
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var event map[string]any
		// The client prints its own remarks too.
		if json.Unmarshal(lines.Bytes(), &event) == nil {
			events = append(events, event)
		}
	}
	if len(events) == 0 {
		t.Fatalf("the client yielded nothing\n%s%s", out, stderr.Bytes())
	}
	return events
}

// phases lists the phases of events without repetitions.
func phases(events []map[string]any) string {
	var list []string
	for _, e := range events {
		phase, ok := e["phase"].(string)
		if ok && (len(list) == 0 || list[len(list)-1] != phase) {
			list = append(list, phase)
		}
	}
	return strings.Join(list, " ")
}

// TestLaunch has the client launch, and opens the address that it makes.
func TestLaunch(t *testing.T) {
	tests := []struct {
		name, base string
		script     hubtest.Script
		phases     string
	}{
		{"cached", "/", hubtest.Cached(), "built launching ready"},
		{"fresh, base path", "/services/binder/", hubtest.Fresh(), "waiting fetching unknown building built launching ready"},
		{"pushing", "/", hubtest.Pushing(), "waiting building pushing built launching ready"},
		{"old branch", "/", hubtest.OldBranch(), "waiting built launching ready"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := hubtest.New(t, hubtest.Options{Base: test.base, KeepAlive: 10 * time.Millisecond})
			h.Script("", test.script)
			events := drive(t, h.URL, spec, urlpath)
			if got := phases(events); got != test.phases {
				t.Errorf("phases %q, want %q", got, test.phases)
			}
			server := h.Started()[0]
			app, _ := events[len(events)-1]["app"].(string)
			if want := server.URL + "proxy/5006/bokeh-app?theme=dark&token=" + server.Token; app != want {
				t.Errorf("the app is at %s, want %s", app, want)
			}
			res, err := http.Get(app)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusOK || res.Request.URL.String() != app {
				t.Errorf("%s answers %s at %s", app, res.Status, res.Request.URL)
			}
		})
	}
}

// TestFailures has the client understand each way to fail.
func TestFailures(t *testing.T) {
	tests := map[string]struct {
		script  hubtest.Script
		message string
	}{
		"unknown ref": {hubtest.UnknownRef(), "Could not resolve ref for gh:demo/sine/HEAD. Double check your URL and that your repo is public.\n"},
		"banned":      {hubtest.Banned(), "Sorry, demo/sine/HEAD is not allowed to launch. Please contact admins for more info!"},
		"full":        {hubtest.FullCached(), "Too many users on this BinderHub! Try again soon.\n"},
		"spawn":       {hubtest.SpawnFails(), "Spawn failed: Timeout\n"},
		"build": {hubtest.BuildFails(), "The command '/bin/sh -c ${KERNEL_PYTHON_PREFIX}/bin/pip install" +
			" --no-cache-dir -r \"requirements.txt\"' returned a non-zero code: 1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := hubtest.New(t, hubtest.Options{})
			h.Script("", test.script)
			events := drive(t, h.URL, spec, urlpath)
			last := events[len(events)-1]
			if last["phase"] != "failed" || last["message"] != test.message {
				t.Errorf("the client ends with %v", last)
			}
		})
	}
}

// TestLimit has the client meet the rate limit, which is the protocol's and no
// script's.
func TestLimit(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{Limit: &hub.Limiter{Requests: 1, Window: time.Hour}})
	drive(t, h.URL, spec, urlpath)
	events := drive(t, h.URL, spec, urlpath)
	if last := events[len(events)-1]; last["status_code"] != 429.0 {
		t.Errorf("the client ends with %v", last)
	}
}
