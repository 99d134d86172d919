package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Event is one event of a build stream: a JSON object in the bytes that go on
// the wire. BinderHub writes its own events as Python's json.dumps does, with a
// space after each comma and colon, and passes on what repo2docker prints
// without them; the functions of this package keep to that.
type Event string

// The phases of a build. BinderHub's older releases wrote them with a capital
// letter.
const (
	PhaseWaiting   = "waiting"
	PhaseFetching  = "fetching"
	PhaseBuilding  = "building"
	PhaseUnknown   = "unknown" // a line of the log that was not JSON
	PhaseBuilt     = "built"
	PhaseLaunching = "launching"
	PhaseReady     = "ready"
	PhaseFailed    = "failed"
)

// Waiting says what is waited for before a build.
func Waiting(message string) Event {
	return pythonJSON("phase", PhaseWaiting, "message", message)
}

// Log is a line of the build's log, as repo2docker prints it. An empty phase
// leaves the phase out.
func Log(phase, message string) Event {
	line := struct {
		Message string `json:"message"`
		Phase   string `json:"phase,omitempty"`
	}{message, phase}
	return Event(goJSON(line))
}

// Built says that the image was just built.
func Built(image string) Event {
	return pythonJSON("phase", PhaseBuilt, "message", "Built image, launching...\n", "imageName", image)
}

// Launching is a step of the server's start.
func Launching(message string) Event {
	return pythonJSON("phase", PhaseLaunching, "message", message)
}

// Failed ends a build or a launch.
func Failed(message string) Event {
	return pythonJSON("phase", PhaseFailed, "message", message)
}

// FailedBare is the end that BinderHub reports of a build it knows no more of.
func FailedBare() Event {
	return pythonJSON("phase", PhaseFailed)
}

// FailedStatus is an error that would have had an HTTP status if event streams
// could have one.
func FailedStatus(status int, message string) Event {
	return pythonJSON("phase", PhaseFailed, "status_code", status, "message", message)
}

// Unresolved is the end for a ref, or a repository, that is not to be found.
func Unresolved(req BuildRequest) Event {
	return Failed("Could not resolve ref for " + req.Key() + ". Double check your URL and that your repo is public.\n")
}

// NotAllowed is the end for a repository that the hub does not launch.
func NotAllowed(req BuildRequest) Event {
	return Failed("Sorry, " + req.Spec + " is not allowed to launch. Please contact admins for more info!")
}

// Full is the end where there is no room for another server.
func Full() Event { return Failed("Too many users on this BinderHub! Try again soon.\n") }

// BuildFailed are the events at the end of a build that repo2docker gave up, for
// the given reason. BinderHub does not end the stream then.
func BuildFailed(reason, traceback string) []Event {
	return []Event{
		pythonJSON("message", reason, "phase", PhaseFailed),
		pythonJSON("message", "Error during build: "+reason, "exc_info", traceback, "phase", PhaseFailed),
		FailedBare(),
		FailedBare(),
	}
}

// Server is what a launch ends in, as the ready event describes it.
type Server struct {
	// URL of the server, absolute, with a final slash.
	URL string
	// Token that opens it.
	Token string
	// Image that it runs.
	Image string
	// RepoURL and RefURL show the repository, and the commit that was built.
	RepoURL, RefURL string
	// Commit that the ref was resolved to.
	Commit string
}

// Ready says that the server answers, and where.
func Ready(req BuildRequest, s Server) Event {
	return pythonJSON(
		"phase", PhaseReady,
		"message", "server running at "+s.URL+"\n",
		"image", s.Image,
		"repo_url", s.RepoURL,
		"token", s.Token,
		"binder_ref_url", s.RefURL,
		"binder_launch_host", req.LaunchHost,
		"binder_request", "v2/"+req.Provider+"/"+req.Spec,
		"binder_persistent_request", "v2/"+req.Resolved(s.Commit),
		"binder_client_ip", req.ClientIP,
		"url", s.URL,
	)
}

// pythonJSON writes an object of the given names and values (strings and ints)
// as Python's json.dumps writes a dict.
func pythonJSON(pairs ...any) Event {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s: %s", ascii(goJSON(pairs[i])), ascii(goJSON(pairs[i+1])))
	}
	b.WriteByte('}')
	return Event(b.String())
}

// goJSON writes v as compact JSON without escaping HTML.
func goJSON(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // strings and ints always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ascii escapes what is not ASCII in a JSON text, as json.dumps does.
func ascii(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
