package cli

import (
	"fmt"
	"runtime/debug"
)

// Version says which version of the module this is and the commit it was built
// from, as far as the go command recorded them.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) string {
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if commit == "" {
		commit = linkedCommit
	}
	if commit == "" {
		return version
	}
	if settings["vcs.modified"] == "true" {
		commit += ", modified"
	}
	return fmt.Sprintf("%s (commit %s)", version, commit)
}

// linkedCommit is set by the Makefile with -ldflags -X, for builds in which the
// go command does not record the commit itself (-buildvcs=false).
var linkedCommit string
