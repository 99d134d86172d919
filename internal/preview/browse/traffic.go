package browse

import (
	"encoding/json"
	"slices"
	"strings"
)

// Traffic is what was asked for on a page's behalf, and what came, in the order
// in which it was asked for.
type Traffic struct {
	Exchanges []Exchange
	Sockets   []Socket
	// Messages are those of the page's event streams.
	Messages []string
	// Problems are exceptions that no script caught, and what scripts wrote to
	// the console as an error, one line each.
	Problems []string
}

// Exchange is one request over HTTP, and what came of it.
type Exchange struct {
	// From lists the addresses that redirected, the first one first.
	From []string
	URL  string
	// Kind is what it is for: "Document", "Script", "Stylesheet" and others.
	Kind string
	// Status of the answer; 0 where none came.
	Status int
	// Type is the answer's content type, without parameters.
	Type string
	// Error says why there is no answer, or why the browser did not use it.
	Error string
}

// Socket is a websocket.
type Socket struct {
	URL string
	// Status of the handshake's answer, 101 where it was opened; 0 where none
	// came.
	Status int
	// Received counts the messages that came. First is the first of them.
	Received int
	First    string
	// Closed says that it was closed again, by either side.
	Closed bool
	Error  string
}

// Traffic returns what was seen so far.
func (p *Page) Traffic() Traffic {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return p.traffic.copy()
}

// collector collects the events of a page and its frames. They may come over
// several sessions: that of the navigation of a frame begins in its parent's.
type collector struct {
	Traffic
	requests, sockets map[string]int // by the browser's name of a request
	// statuses are what the network saw. The page is not told those of answers
	// that it must not see, such as an error in place of a script.
	statuses map[string]int
}

func (c *collector) copy() Traffic {
	t := c.Traffic
	t.Exchanges, t.Sockets = slices.Clone(t.Exchanges), slices.Clone(t.Sockets)
	t.Messages, t.Problems = slices.Clone(t.Messages), slices.Clone(t.Problems)
	for i := range t.Exchanges {
		t.Exchanges[i].From = slices.Clone(t.Exchanges[i].From)
	}
	for id, i := range c.requests {
		if status := c.statuses[id]; t.Exchanges[i].Status == 0 && status >= 400 {
			t.Exchanges[i].Status = status
		}
	}
	return t
}

// details are the parameters of the events that are taken, all in one.
type details struct {
	ID       string `json:"requestId"`
	Status   int    `json:"statusCode"`
	URL      string `json:"url"`
	Kind     string `json:"type"`
	Data     string `json:"data"`
	Error    string `json:"errorText"`
	Message  string `json:"errorMessage"`
	Blocked  string `json:"blockedReason"`
	Canceled bool   `json:"canceled"`
	Request  struct {
		URL string `json:"url"`
	} `json:"request"`
	Redirect *json.RawMessage `json:"redirectResponse"`
	Response struct {
		Status  int    `json:"status"`
		Type    string `json:"mimeType"`
		Payload string `json:"payloadData"`
	} `json:"response"`
	Exception *thrown `json:"exceptionDetails"`
	Arguments []struct {
		Value       json.RawMessage `json:"value"`
		Description string          `json:"description"`
	} `json:"args"`
}

// take notes an event.
func (c *collector) take(e event) {
	var d details
	if json.Unmarshal(e.params, &d) != nil {
		return
	}
	switch e.method {
	case "Network.eventSourceMessageReceived":
		c.Messages = append(c.Messages, d.Data)
	case "Runtime.exceptionThrown":
		c.Problems = append(c.Problems, d.Exception.String())
	case "Runtime.consoleAPICalled":
		if d.Kind == "error" {
			c.Problems = append(c.Problems, d.console())
		}
	default:
		c.takeRequest(e.method, &d)
		c.takeSocket(e.method, &d)
	}
}

func (c *collector) takeRequest(method string, d *details) {
	switch method {
	case "Network.requestWillBeSent":
		c.asked(d)
		return
	case "Network.responseReceivedExtraInfo": // may come before all others
		if c.statuses == nil {
			c.statuses = map[string]int{}
		}
		c.statuses[d.ID] = d.Status
		return
	}
	i, ok := c.requests[d.ID]
	if !ok {
		return
	}
	r := &c.Exchanges[i]
	switch method {
	case "Network.responseReceived":
		r.Status, r.Type = d.Response.Status, d.Response.Type
	case "Network.loadingFailed":
		r.Error = d.Error
		if d.Blocked != "" {
			r.Error = "blocked: " + d.Blocked
		}
		if d.Canceled && d.Blocked == "" && r.Status != 0 {
			r.Error = "" // nobody wanted the rest
		}
	}
}

// asked notes a new request, or that one was redirected.
func (c *collector) asked(d *details) {
	if c.requests == nil {
		c.requests = map[string]int{}
	}
	if i, ok := c.requests[d.ID]; ok && d.Redirect != nil {
		r := &c.Exchanges[i]
		r.From, r.URL = append(r.From, r.URL), d.Request.URL
		return
	}
	c.requests[d.ID] = len(c.Exchanges)
	c.Exchanges = append(c.Exchanges, Exchange{URL: d.Request.URL, Kind: d.Kind})
}

func (c *collector) takeSocket(method string, d *details) {
	if method == "Network.webSocketCreated" {
		if c.sockets == nil {
			c.sockets = map[string]int{}
		}
		c.sockets[d.ID] = len(c.Sockets)
		c.Sockets = append(c.Sockets, Socket{URL: d.URL})
		return
	}
	i, ok := c.sockets[d.ID]
	if !ok {
		return
	}
	s := &c.Sockets[i]
	switch method {
	case "Network.webSocketHandshakeResponseReceived":
		s.Status = d.Response.Status
	case "Network.webSocketFrameReceived":
		if s.Received == 0 {
			s.First = d.Response.Payload
		}
		s.Received++
	case "Network.webSocketClosed":
		s.Closed = true
	case "Network.webSocketFrameError":
		s.Error = d.Message
	}
}

// console is what a script wrote to the console, in one line.
func (d *details) console() string {
	text := ""
	for _, a := range d.Arguments {
		var value string
		if json.Unmarshal(a.Value, &value) != nil {
			if value = a.Description; value == "" {
				value = string(a.Value)
			}
		}
		text += " " + value
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return first
}
