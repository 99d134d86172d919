package lock_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	forges "github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// git runs git in a folder, without the machine's own settings.
func git(t *testing.T, dir string, stdin io.Reader, args ...string) (out []byte, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir, cmd.Stdin = dir, stdin
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return append(out, exit.Stderr...), exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return out, 0
}

// commits is a stream for git fast-import.
type commits struct {
	bytes.Buffer
	marks int
}

// add adds a commit with these files and returns its mark.
func (c *commits) add(parent int, files map[string]string) int {
	c.marks++
	fmt.Fprintf(c, "commit refs/heads/c%d\nmark :%d\ncommitter a <a@example.org> 0 +0000\ndata 0\n", c.marks, c.marks)
	if parent > 0 {
		fmt.Fprintf(c, "from :%d\ndeleteall\n", parent)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(c, "M 100644 inline %s\ndata %d\n%s\n", name, len(files[name]), files[name])
	}
	fmt.Fprintln(c)
	return c.marks
}

// merged is one pair of branches and what is wanted when they are merged.
type merged struct {
	left, right int
	wants       []lock.Want
}

// TestBranchesMerge has two authors add dashboards and update others, each on a
// branch, 200 times. git merges their cards without a conflict, and there is
// nothing left to do.
func TestBranchesMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var stream commits
	var pairs []merged
	for range 200 {
		pairs = append(pairs, pair(t, r, &stream))
	}
	dir := t.TempDir()
	git(t, dir, nil, "init", "-q", "--bare")
	if out, code := git(t, dir, &stream, "fast-import", "--quiet"); code != 0 {
		t.Fatalf("fast-import: %s", out)
	}
	for _, p := range pairs {
		out, code := git(t, dir, nil, "merge-tree", "--write-tree", fmt.Sprintf("c%d", p.left), fmt.Sprintf("c%d", p.right))
		if code > 1 {
			t.Skipf("git merge-tree: %s", out)
		}
		if code != 0 {
			t.Fatalf("a conflict:\n%s", out)
		}
		s := lockfile.Folder{Dir: t.TempDir()}
		unpack(t, s.Dir, dir, strings.TrimSpace(string(out)))
		before := tree(t, s)
		clean(t, s, p.wants...)
		f := newForge()
		sync1(t, s, f, lock.Options{}, p.wants...)
		equal(t, "asked after the merge", f.calls(), nil)
		if !maps.Equal(tree(t, s), before) {
			t.Error("sync changed something after the merge")
		}
	}
}

// pair makes a site and two branches of it.
func pair(t *testing.T, r *rand.Rand, stream *commits) merged {
	t.Helper()
	f := &forge{refs: make(map[string]string)}
	var all []lock.Want
	for i := range 12 {
		repo := fmt.Sprintf("https://github.com/ada/waves%d", i/3)
		ref := []string{"HEAD", "main", "v1"}[i%3]
		f.refs[repo+" "+ref] = fmt.Sprintf("%040x", r.IntN(4)+1) // refs often share a commit
		w := want(repo, ref)
		if r.IntN(2) == 0 {
			w.Files = []string{someGlobs[r.IntN(len(someGlobs))]}
		}
		all = append(all, w)
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	base, lefts, rights := all[:4], append(all[4:8:8], all[10]), append(all[8:10:10], all[10])
	s := lockfile.Folder{Dir: t.TempDir()}
	sync1(t, s, f, lock.Options{}, base...)
	root := stream.add(0, tree(t, s))
	m := merged{wants: slices.Concat(base, lefts, rights)}
	m.left = stream.add(root, side(t, s, f, base, lefts, base[0]))
	m.right = stream.add(root, side(t, s, f, base, rights, base[1]))
	return m
}

// side returns the cards of a branch that adds some and updates one repository,
// if the other branch has none of its refs.
func side(t *testing.T, s lockfile.Folder, f *forge, base, adds []lock.Want, moves lock.Want) map[string]string {
	t.Helper()
	own := lockfile.Folder{Dir: t.TempDir()}
	if err := os.CopyFS(own.Dir, os.DirFS(s.Dir)); err != nil {
		t.Fatal(err)
	}
	wants := append(slices.Clone(base), adds...)
	sync1(t, own, f, lock.Options{}, wants...)
	if base[0].Repo != base[1].Repo {
		moved := &forge{refs: maps.Clone(f.refs)}
		moved.refs[moves.Repo+" "+moves.Ref] = commitB
		sync1(t, own, moved, lock.Options{Update: true, Only: []forges.Address{address(t, moves.Repo)}}, moves)
	}
	return tree(t, own)
}

// unpack writes the files of a tree.
func unpack(t *testing.T, to, dir, tree string) {
	t.Helper()
	archive, code := git(t, dir, nil, "archive", tree)
	if code != 0 {
		t.Fatalf("git archive: %s", archive)
	}
	for in := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := in.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(in)
		file := filepath.Join(to, filepath.FromSlash(h.Name))
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}
