package lint

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

var portClosed = &Rule{
	ID:       "port-closed",
	Level:    card.LevelNote,
	Title:    "A port to which mybinder.org lets nobody connect",
	When:     "The app's source connects to a host and a port that are written in it, and the port is none of " + ports(binder.MyBinder().Ports) + ".",
	Why:      "On mybinder.org the connection is never made, and the app waits until its time is up. Other hubs have other rules.",
	Evidence: "What mybinder.org's settings say of the network of its servers.",
	Fix:      "ask for the data by HTTPS, or put it into the repository",
	Check:    checkPortClosed,
}

// ports lists ports in words.
func ports(list []int) string {
	var out []string
	for _, p := range list {
		out = append(out, strconv.Itoa(p))
	}
	return strings.Join(out, ", ")
}

// checkPortClosed looks at the arguments of the calls of what apps surely run.
func checkPortClosed(c *checker) {
	for _, s := range c.programs() {
		m := c.facts.Program(s.app, s.path)
		if m == nil {
			continue
		}
		for _, call := range m.Calls {
			host, port := connects(call)
			if port == 0 || framework.Runs(call.Name) || slices.Contains(binder.MyBinder().Ports, port) || !public(host) {
				continue
			}
			c.report(s.path, call.Line, "the app connects to port %d of %s, and mybinder.org lets nobody connect to that port", port, quote(host))
		}
	}
}

// connects returns the host and the port that the arguments of a call name: by
// name, as a pair, or as an address.
func connects(call python.Called) (host string, port int) {
	if h, ok := call.Named["host"].(string); ok {
		return h, portOf(call.Named["port"])
	}
	for _, arg := range call.Args {
		switch v := arg.(type) {
		case *python.List:
			if len(v.Items) == 2 {
				if h, ok := v.Items[0].(string); ok && portOf(v.Items[1]) > 0 {
					return h, portOf(v.Items[1])
				}
			}
		case string:
			if u, err := url.Parse(v); err == nil && u.Scheme != "" && u.Port() != "" {
				return u.Hostname(), portOf(u.Port())
			}
		}
	}
	return "", 0
}

// portOf is the port that a value is, or 0.
func portOf(v any) int {
	port, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil || port < 1 || port > 65535 {
		return 0
	}
	return port
}

// public says whether a host is one of the net's, and no machine's own.
func public(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	return strings.Contains(host, ".") && !strings.ContainsAny(host, "{} ") && !strings.HasSuffix(host, ".local") && !strings.HasSuffix(host, ".internal")
}
