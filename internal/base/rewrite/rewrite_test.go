package rewrite_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
)

// folder makes a folder: names that end in a slash are folders, texts that begin
// with "->" symbolic links.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "folder")
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(full), 0o755)
		target, link := strings.CutPrefix(text, "->")
		switch {
		case err != nil:
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(full, 0o755)
		case link:
			err = os.Symlink(target, full)
		default:
			err = os.WriteFile(full, []byte(text), 0o640)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func text(s string) *string { return &s }

// apply checks edits and makes them.
func apply(dir string, edits ...rewrite.Edit) error {
	plan, err := rewrite.Check(dir, edits)
	if err != nil {
		return err
	}
	defer plan.Close()
	if err := plan.Stage(); err != nil {
		return err
	}
	_, err = plan.Apply()
	return err
}

// TestLinks writes to a path behind links of each kind. What is refused is
// refused by the check, and nothing is changed.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not every user may make symbolic links")
	}
	tests := []struct {
		name  string
		files map[string]string
		path  string
		want  error
		place string // where it is written
	}{
		{"a file", map[string]string{"a": "old"}, "a", nil, "a"},
		{"a link", map[string]string{"a": "->d/b", "d/b": "old"}, "a", nil, "d/b"},
		{"a link upwards", map[string]string{"d/a": "->../b", "b": "old"}, "d/a", nil, "b"},
		{"a chain", map[string]string{"a": "->b", "b": "->c", "c": "old"}, "a", nil, "c"},
		{"a linked folder", map[string]string{"d": "->e", "e/a": "old"}, "d/a", nil, "e/a"},
		{"upwards from a linked folder", map[string]string{"d": "->e/f", "e/f/a": "->../b", "e/b": "old", "b": "not this"}, "d/a", nil, "e/b"},
		{"upwards in a link's text", map[string]string{"a": "->d/../b", "d": "->e/f", "e/f/x": "", "e/b": "old", "b": "not this"}, "a", nil, "e/b"},
		{"out and back", map[string]string{"a": "->../folder/b", "b": "old"}, "a", rewrite.ErrOutside, ""},
		{"out", map[string]string{"a": "->../b"}, "a", rewrite.ErrOutside, ""},
		{"a folder out", map[string]string{"d": "->.."}, "d/a", rewrite.ErrOutside, ""},
		{"out by a chain", map[string]string{"a": "->d/b", "d": "->..", "b": ""}, "a", rewrite.ErrOutside, ""},
		{"absolute", map[string]string{"a": "->/tmp"}, "a", rewrite.ErrAbsolute, ""},
		{"an absolute folder", map[string]string{"d": "->/tmp"}, "d/a", rewrite.ErrAbsolute, ""},
		{"nowhere", map[string]string{"a": "->b"}, "a", rewrite.ErrDangling, ""},
		{"a folder nowhere", map[string]string{"d": "->e"}, "d/a", rewrite.ErrDangling, ""},
		{"a loop", map[string]string{"a": "->b", "b": "->a"}, "a", rewrite.ErrLoop, ""},
		{"as many links as may be", chain(40), "0", nil, "40"},
		{"one more", chain(41), "0", rewrite.ErrLoop, ""},
		{"twice as many", chain(80), "0", rewrite.ErrLoop, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, tt.files)
			beside := filepath.Join(filepath.Dir(dir), "b")
			if err := os.WriteFile(beside, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t, filepath.Dir(dir))
			err := apply(dir, rewrite.Edit{Path: tt.path, Old: text("old"), New: text("new")})
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if tt.want == nil {
				before["folder/"+tt.place] = strings.Replace(before["folder/"+tt.place], "old", "new", 1)
			}
			same(t, snapshot(t, filepath.Dir(dir)), before)
		})
	}
}

// chain is a file at the end of n links.
func chain(n int) map[string]string {
	files := map[string]string{strconv.Itoa(n): "old"}
	for i := range n {
		files[strconv.Itoa(i)] = fmt.Sprintf("->%d", i+1)
	}
	return files
}

// snapshot reads all below a folder, with permissions.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		info, err := d.Info()
		if err != nil {
			return err
		}
		text := []byte(nil)
		if d.Type().IsRegular() {
			text, err = os.ReadFile(path)
		} else if target, e := os.Readlink(path); e == nil {
			text = []byte(target)
		}
		out[filepath.ToSlash(name)] = info.Mode().String() + " " + string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, text := range got {
		if text != want[name] {
			t.Errorf("%s is %q, want %q", name, text, want[name])
		}
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
}

// TestCheck refuses what cannot be done, and says all of it.
func TestCheck(t *testing.T) {
	dir := folder(t, map[string]string{"a": "old", "d/": "", "seen": "x"})
	before := snapshot(t, dir)
	noFolder := "not a directory"
	if runtime.GOOS == "windows" { // which says of what is below a file that it is not there
		noFolder = "a is no folder"
	}
	tests := []struct {
		edit rewrite.Edit
		want string
	}{
		{rewrite.Edit{Path: "a", Old: text("other"), New: text("new")}, rewrite.ErrChanged.Error()},
		{rewrite.Edit{Path: "gone", Old: text("old"), New: text("new")}, rewrite.ErrChanged.Error()},
		{rewrite.Edit{Path: "gone", Old: text("old")}, rewrite.ErrChanged.Error()},
		{rewrite.Edit{Path: "seen", New: text("new")}, rewrite.ErrUnread.Error()},
		{rewrite.Edit{Path: "d", New: text("new")}, "it is a folder"},
		{rewrite.Edit{Path: "a/b", New: text("new")}, noFolder},
		{rewrite.Edit{Path: "../b", New: text("new")}, "no files of that name"},
		{rewrite.Edit{Path: "/b", New: text("new")}, "no files of that name"},
		{rewrite.Edit{Path: "nul\x00", New: text("new")}, "no files of that name"},
	}
	var all []rewrite.Edit
	for _, tt := range tests {
		_, err := rewrite.Check(dir, []rewrite.Edit{tt.edit})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.edit.Path, err, tt.want)
		}
		all = append(all, tt.edit)
	}
	var refused rewrite.Refused
	if _, err := rewrite.Check(dir, all); !errors.As(err, &refused) || len(refused) != len(tests) {
		t.Errorf("%d are refused of %d: %v", len(refused), len(tests), err)
	}
	same(t, snapshot(t, dir), before)
}

// TestApply writes, changes and deletes, and a plan that is given up leaves
// nothing behind.
func TestApply(t *testing.T) {
	dir := folder(t, map[string]string{"a": "old", "gone": "old"})
	edits := []rewrite.Edit{
		{Path: "a", Old: text("old"), New: text("new"), Executable: true},
		{Path: "d/e/script", New: text("#!"), Executable: true},
		{Path: "d/plain", New: text("")},
		{Path: "gone", Old: text("old")},
	}
	before := snapshot(t, dir)
	plan, err := rewrite.Check(dir, edits)
	if err == nil {
		err = plan.Stage()
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(snapshot(t, dir)) == len(before) {
		t.Error("nothing is staged")
	}
	if err := plan.Close(); err != nil {
		t.Error(err)
	}
	same(t, snapshot(t, dir), before)
	if err := apply(dir, edits...); err != nil {
		t.Fatal(err)
	}
	got := snapshot(t, dir)
	for name, want := range map[string]string{"a": "-rw-r----- new", "d/e/script": "-rwxr-xr-x #!", "d/plain": "-rw-r--r-- "} {
		if runtime.GOOS != "windows" && got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if len(got) != 6 { // with the folder itself and two below
		t.Errorf("there are %v", got)
	}
}
