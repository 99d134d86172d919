package main

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// pre are the releases before a release that Python knows, too.
var pre = regexp.MustCompile(`^-(alpha|beta|rc)\.?(\d+)$`)

// python writes a module's version as Python's packages have them, which compares
// alike. One of a commit without a tag is a development release after the last tag.
func python(version string) (string, error) {
	version, dirty := strings.CutSuffix(version, "+dirty")
	if !module.IsPseudoVersion(version) {
		release, err := pythonRelease(version)
		if dirty {
			release += "+dirty"
		}
		return release, err
	}
	base, err := module.PseudoVersionBase(version)
	if err != nil {
		return "", err
	}
	at, err := module.PseudoVersionTime(version)
	if err != nil {
		return "", err
	}
	rev, err := module.PseudoVersionRev(version)
	if err != nil {
		return "", err
	}
	if base == "" {
		base = "v0.0.0"
	}
	release, err := pythonRelease(base)
	if dirty {
		rev += ".dirty"
	}
	return fmt.Sprintf("%s.post0.dev%s+g%s", release, at.Format("20060102150405"), rev), err
}

// pythonRelease writes the version of a tag.
func pythonRelease(version string) (string, error) {
	before := semver.Prerelease(version)
	release := strings.TrimPrefix(strings.TrimSuffix(version, before), "v")
	if before == "" {
		return release, nil
	}
	m := pre.FindStringSubmatch(before)
	if m == nil {
		return "", fmt.Errorf("for Python there is no version such as %s; -alpha.1, -beta.1 and -rc.1 are fine", version)
	}
	return release + map[string]string{"alpha": "a", "beta": "b", "rc": "rc"}[m[1]] + m[2], nil
}
