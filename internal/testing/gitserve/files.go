package gitserve

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Files is what a commit holds: contents by path. A path may have one of git's
// modes and a space before it, as in "100755 bin/start"; without one it is a
// regular file. The content of "120000 link" is the link's target, that of
// "160000 folder" the hash of a submodule's commit.
type Files map[string]string

var modePrefix = regexp.MustCompile(`^(100644|100755|120000|160000) `)

// split returns the mode and the path of a key.
func (Files) split(key string) (mode, path string) {
	if m := modePrefix.FindStringSubmatch(key); m != nil {
		return m[1], key[len(m[0]):]
	}
	return "100644", key
}

// keys returns the keys in order.
func (f Files) keys() []string {
	keys := make([]string, 0, len(f))
	for k := range f {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

var marker = regexp.MustCompile(`(?m)^-- (.+?) --[ \t]*\r?\n?`)

// ParseFiles reads an archive in txtar's form: each file begins with a line
// "-- path --", what stands before the first is a comment. A name is a key of
// [Files], mode included.
func ParseFiles(archive []byte) (Files, error) {
	files := Files{}
	marks := marker.FindAllSubmatchIndex(archive, -1)
	for i, m := range marks {
		end := len(archive)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		name := string(bytes.TrimSpace(archive[m[2]:m[3]]))
		if _, ok := files[name]; ok {
			return nil, fmt.Errorf("archive has %s twice", name)
		}
		files[name] = string(archive[m[1]:end])
	}
	return files, nil
}

// quotePath writes a path as git fast-import reads it, whatever its bytes.
func quotePath(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			fmt.Fprintf(&b, `\%03s`, strconv.FormatUint(uint64(c), 8))
			continue
		}
		b.WriteByte(c)
	}
	b.WriteByte('"')
	return b.String()
}
