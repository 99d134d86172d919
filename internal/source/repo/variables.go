package repo

import (
	"os"
	"strings"
)

// options are given to every command; they win over the user's configuration.
var options = []string{
	"-c", "protocol.version=2",
	// A server does not lead to another one, or from https to http, unless that is looked
	// at; a user's insteadOf may.
	"-c", "http.followRedirects=false", "-c", "protocol.http.allow=user",
	// Hooks and other programs that a configuration may name are not needed.
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "core.fsmonitor=false",
	// Nothing outlives the read.
	"-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "fetch.writeCommitGraph=false",
	// Packs stay packs, so that what comes in can be watched as it grows.
	"-c", "fetch.unpackLimit=1", "-c", "transfer.unpackLimit=1",
	// Only what is asked for is wanted; there is no common history to find.
	"-c", "fetch.negotiationAlgorithm=noop",
	// Large files are passed through, not held in memory.
	"-c", "core.bigFileThreshold=8m",
	// Memory is bounded, and packs are mapped into it.
	"-c", "core.packedGitWindowSize=32m", "-c", "core.packedGitLimit=128m",
	"-c", "core.deltaBaseCacheLimit=32m", "-c", "pack.threads=1",
	// A server that sends nothing for so long is given up, as is a slow one
	// when the whole time is over.
	"-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30",
	"-c", "color.ui=false",
}

// passed are the beginnings of the names of those of git's variables that say
// how to reach a server. All others are about another repository, or make git
// talk.
var passed = []string{
	"GIT_CONFIG_", "GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_EXEC_PATH",
	"GIT_ALLOW_PROTOCOL", "GIT_PROTOCOL_FROM_USER",
}

// variables returns the variables that git gets.
func variables(env []string) []string {
	out := make([]string, 0, len(env)+10)
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "GIT_") && !hasPrefix(name, passed) || name == "LANGUAGE" || name == "LC_ALL" {
			continue
		}
		out = append(out, kv)
	}
	if _, ok := os.LookupEnv("GCM_INTERACTIVE"); !ok {
		out = append(out, "GCM_INTERACTIVE=never")
	}
	return append(out,
		"LC_ALL=C",
		// An empty askpass is none, whatever the configuration says.
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=never",
		"GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_LFS_SKIP_SMUDGE=1")
}

// hasPrefix says whether s begins with one of the prefixes.
func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
