package binder

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// runtime is what runtime.txt says.
type runtime struct {
	path string
	// name is what it is a version of; empty where there is no file.
	name string
	// version and date are empty where it gives none.
	version, date string
	// fault says why repo2docker does not take it.
	fault *Fault
}

var dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// readRuntime reads runtime.txt: name-version, name-version-yyyy-mm-dd or
// name-yyyy-mm-dd.
func readRuntime(f Files, path string) runtime {
	content, ok := f.Read(path)
	if !ok {
		return runtime{path: path}
	}
	if !utf8.Valid(content) {
		return runtime{path: path, fault: &Fault{FaultRuntime, path, 1, path + " is not UTF-8"}}
	}
	malformed := runtime{path: path, fault: &Fault{FaultRuntime, path, 1, path + " is malformed: it must be like python-3.12 or r-4.2-2023-06-01"}}
	parts := strings.Split(strings.TrimSpace(string(content)), "-")
	for _, p := range parts {
		if p == "" {
			return malformed
		}
	}
	r := runtime{path: path, name: parts[0]}
	switch len(parts) {
	case 2:
		r.version = parts[1]
		return r
	case 5:
		r.version = parts[1]
	case 4:
	default:
		return malformed
	}
	r.date = strings.Join(parts[len(parts)-3:], "-")
	if _, err := time.Parse(time.DateOnly, r.date); err != nil || !dateForm.MatchString(r.date) {
		return malformed
	}
	return r
}
