package probe

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/doors"
)

// launch is what a build stream has told.
type launch struct {
	// phase is the last one, in lower case.
	phase string
	// built says that there is an image.
	built bool
	// lines are the log.
	lines []string
	// failure says why there is no server; it may be empty though it failed.
	failure string
	failed  bool
	// url and token are those of the server that is ready.
	url, token string
}

// over says that nothing more will come.
func (l *launch) over() bool { return l.failed || l.url != "" }

// colours are a terminal's.
var colours = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]")

// hear takes one event.
func (l *launch) hear(data string) {
	var e struct {
		Phase   string `json:"phase"`
		Message string `json:"message"`
		URL     string `json:"url"`
		Token   string `json:"token"`
	}
	if l.over() || json.Unmarshal([]byte(data), &e) != nil {
		return
	}
	phase := strings.ToLower(e.Phase)
	if phase == "failed" {
		l.failed, l.failure = true, strings.TrimSpace(e.Message)
		return
	}
	if phase != "" && phase != "unknown" {
		l.phase = phase
	}
	l.built = l.built || phase == "built" || phase == "launching" || phase == "ready"
	if phase == "ready" {
		l.url, l.token = e.URL, e.Token
		return
	}
	message := colours.ReplaceAllString(e.Message, "")
	l.lines = append(l.lines, strings.FieldsFunc(message, func(r rune) bool { return r == '\n' || r == '\r' })...)
}

// listen asks the hub to launch, and hears until it is over.
func (l *launch) listen(ctx context.Context, t Target) error {
	ctx, cancel := context.WithTimeout(ctx, doors.LaunchTime())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.Hub+"build/"+t.Provider+"/"+t.Spec, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Origin", t.origin())
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the hub answers %s", res.Status)
	}
	return l.read(res.Body)
}

// read hears the hub's stream until it is over.
func (l *launch) read(stream io.Reader) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 16<<20)
	for !l.over() && lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
			l.hear(strings.TrimSpace(data))
		}
	}
	if !l.over() {
		if err := lines.Err(); err != nil {
			return err
		}
		l.failed, l.failure = true, "the hub has ended the launch"
	}
	return nil
}
