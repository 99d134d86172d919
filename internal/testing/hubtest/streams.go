package hubtest

import (
	"fmt"
	"regexp"

	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
)

// The streams below were recorded from BinderHub 0.2.0 (main, November 2026)
// with repo2docker's output; only pauses are left out.

// headCommit is what every branch and tag resolves to.
const headCommit = "9579c85e4307151a54c3f81d0e756040b58b0252"

var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}$`)

// commitOf is the commit that the hub builds for a request.
func commitOf(req hub.BuildRequest) string {
	if fullCommit.MatchString(req.Ref) {
		return req.Ref
	}
	return headCommit
}

// imageOf is the name of the image that it builds.
func imageOf(req hub.BuildRequest) string {
	name := regexp.MustCompile(`[^a-z0-9]`).ReplaceAllString(req.Slug, "-2d")
	return "registry.test/binder-" + name + "-26dbbb:" + commitOf(req)
}

// built sends the event at the end of a build.
func built(p *Play) error { return p.Stream.Send(hub.Built(imageOf(p.Request))) }

// FoundBuilt is the event for an image that is there already. It is then the
// first of a stream.
func FoundBuilt(image string) hub.Event {
	return hub.Event(fmt.Sprintf(`{"phase": "built", "imageName": %q, "message": "Found built image, launching...\n"}`, image))
}

// foundBuilt sends it.
func foundBuilt(p *Play) error { return p.Stream.Send(FoundBuilt(imageOf(p.Request))) }

// The beginning of every stream that builds.
var waiting = hub.Waiting("Waiting for build to start...\n")

// BuildLog is what a build of repo2docker looks like: lines with and without a
// phase, with and without a line end, one that was meant to overwrite itself, an
// empty one and one that is not JSON.
func BuildLog() []hub.Event {
	return []hub.Event{
		hub.Log("", "Picked Git content provider.\n"),
		hub.Log(hub.PhaseFetching, "Cloning into '/tmp/repo2dockerl5q0j2xk'...\n"),
		hub.Log(hub.PhaseFetching, "HEAD is now at 9579c85 Draw a sine\n"),
		`{"phase":"unknown","message":"  warnings.warn(\n"}`,
		hub.Log(hub.PhaseBuilding, "Building conda environment for python=3.10\n"),
		hub.Log(hub.PhaseBuilding, "Using PythonBuildPack builder\n"),
		hub.Log(hub.PhaseBuilding, "Step 1/51 : FROM docker.io/library/buildpack-deps:bionic"),
		hub.Log(hub.PhaseBuilding, "\n"),
		hub.Log(hub.PhaseBuilding, " ---> Running in 42bdce0d8db0\n"),
		hub.Log(hub.PhaseBuilding, "Downloading packages 12%\r"),
		hub.Log(hub.PhaseBuilding, "Downloading packages 97%\r"),
		hub.Log(hub.PhaseBuilding, "\x1b[91mWARNING: The scripts are not on PATH\x1b[0m\n"),
		hub.Log(hub.PhaseBuilding, `{"status":"Extracting","id":"b4d181a07f80"}`+"\n"),
		hub.Log(hub.PhaseBuilding, "Successfully tagged registry.test/binder-demo-2dsine-26dbbb\n"),
	}
}

// Fresh is a build followed by a launch. BinderHub then keeps the stream open
// for 60 s; here it stays open until the client closes it.
func Fresh() Script {
	return Script{Send(waiting), Send(BuildLog()...), built}.Then(launching()...).Then(Hold())
}

// Pushing is a build as older hubs report it: phases with a capital letter, and
// the image's layers being pushed.
func Pushing() Script {
	push := func(status, progress string) hub.Event {
		return hub.Event(`{"phase": "pushing", "message": "` + status + `\n", "progress": ` + progress + `}`)
	}
	return Script{
		Send(`{"phase": "Waiting", "message": "Waiting for build to start...\n"}`),
		Send(`{"message":"Step 1/2 : FROM scratch","phase":"Building"}`),
		Send(push("Pushing image", `{"a1": {"current": 25, "total": 100}, "b2": {"current": 25, "total": 100}}`)),
		Send(push("Pushing image", `{"a1": {"current": 100, "total": 100}, "b2": "Layer already exists"}`)),
		Send(`{"phase": "Built", "message": "Built image, launching...\n"}`),
	}.Then(launching()...)
}

// Cached is a launch of an image that is there. The stream ends with it.
func Cached() Script { return Script{foundBuilt}.Then(launching()...) }

// launching is what a hub sends from the image to the server.
func launching() []Step {
	return []Step{
		Send(hub.Launching("Launching server...\n")),
		Send(hub.Launching("Server requested\n")),
		Send(hub.Launching("Spawning server...\n")),
		Launch(),
	}
}

// UnknownRef is a repository or ref that the hub cannot find.
func UnknownRef() Script {
	return Script{func(p *Play) error {
		return p.Stream.Send(hub.Unresolved(p.Request))
	}}
}

// MissingRepository is a git address without a repository.
func MissingRepository() Script {
	return Script{func(p *Play) error {
		return p.Stream.Send(hub.Failed("Error resolving ref for " + p.Request.Key() +
			": Unable to run git ls-remote to get the `resolved_ref`: fatal: '" + p.Request.Repo +
			"' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\n" +
			"Please make sure you have the correct access rights\nand the repository exists.\n\n"))
	}}
}

// Banned is a repository that the hub does not launch.
func Banned() Script {
	return Script{func(p *Play) error {
		return p.Stream.Send(hub.NotAllowed(p.Request))
	}}
}

// Full is a hub without room for another server; the image has to be built.
func Full() Script { return Script{Send(hub.Full())} }

// FullCached is the same when the image is there.
func FullCached() Script { return append(Script{foundBuilt}, Full()...) }

// Busy is a repository that has its share of servers.
func Busy() Script {
	return Script{foundBuilt, func(p *Play) error {
		return p.Stream.Send(hub.Failed("Too many users running " + p.Request.Repo + "! Try again soon.\n"))
	}}
}

// Limited is what the rate limit answers.
func Limited() Script {
	return Script{Send(hub.FailedStatus(429, "Rate limit exceeded. Try again in 40 seconds.\n"))}
}

// BuildFails is a build whose environment cannot be made. The stream is not
// ended.
func BuildFails() Script {
	return Script{
		Send(waiting),
		Send(BuildLog()...),
		Send(
			hub.Log(hub.PhaseBuilding, "Collecting bokeh==99\n"),
			hub.Log(hub.PhaseBuilding, "\x1b[91mERROR: No matching distribution found for bokeh==99\x1b[0m\n"),
			hub.Log(hub.PhaseBuilding, "Removing intermediate container 42bdce0d8db0\n"),
		),
		Send(hub.BuildFailed(
			`The command '/bin/sh -c ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "requirements.txt"' returned a non-zero code: 1`,
			"Traceback (most recent call last):\n  File \"/usr/local/lib/python3.11/site-packages/repo2docker/__main__.py\", line 470, in main\n    r2d.start()\nrepo2docker.app.BuildError\n",
		)...),
		Hold(),
	}
}

// BuildDies is a build whose pod vanishes: no message, and no end.
func BuildDies() Script {
	return Script{Send(waiting), Send(BuildLog()...), Send(hub.FailedBare(), hub.FailedBare()), Hold()}
}

// WatchBreaks is a hub that lost sight of its build. The real one ends the
// stream after 60 s.
func WatchBreaks() Script {
	return Script{
		Send(waiting),
		Send(`{"phase": "failed", "message": "Unhandled error watching for build events. Please try again.\n"}`),
		Hold(),
	}
}

// Silent is the same within the first instant: nothing but keep-alives.
func Silent() Script { return Script{Send(waiting), Hold()} }

// SpawnFails is a server that does not start. The real hub waits 4, 8 and 16 s
// between its attempts.
func SpawnFails() Script {
	const failed = "Spawn failed: Timeout\n"
	script := Script{foundBuilt, Send(hub.Launching("Launching server...\n"))}
	for attempt := 1; attempt <= 3; attempt++ {
		script = script.Then(
			Send(hub.Launching(failed)),
			Send(hub.Launching(fmt.Sprintf("Launch attempt %d failed, retrying...\n", attempt))))
	}
	return script.Then(Send(hub.Launching(failed)), Send(hub.FailedStatus(500, failed)))
}

// OldBranch is a link to a default branch that was renamed. The real hub is
// silent for 10 s after it says so.
func OldBranch() Script {
	return Script{func(p *Play) error {
		return p.Stream.Send(hub.Waiting("Could not resolve ref for " + p.Request.Key() +
			". Double check your URL and that your repo is public." +
			" GitHub has changed default branches from \"master\" to \"main\"." +
			" Tip: HEAD will always resolve to a repository's default branch.\n" +
			"Trying again with HEAD instead of master. Please update your links.\n"))
	}}.Then(Cached()...)
}
