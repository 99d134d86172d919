package lock_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	forges "github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// key is a repository at a ref.
type key [2]string

// branch is one of the author's: what its pages want, its cards, and where they
// may be: at one commit, but after a merge at that of either side.
type branch struct {
	wants map[key][]string
	files map[string]string
	pins  map[key][]string
}

func (b branch) clone() branch {
	return branch{maps.Clone(b.wants), maps.Clone(b.files), maps.Clone(b.pins)}
}

// blog is an author at work, on a folder of cards and a forge that goes on.
type blog struct {
	t       *testing.T
	r       *rapid.T
	folder  lockfile.Folder
	forge   *forge
	branch  branch
	others  []branch
	commits int
}

var (
	someRepos = []string{repo, "https://github.com/ada/Waves"}
	someRefs  = []string{"HEAD", "main", "mian"} // nobody has the last one
	someGlobs = []string{"a.csv", "b.csv", "data/*.csv"}
)

func (b *blog) key() key {
	return key{rapid.SampledFrom(someRepos).Draw(b.r, "repo"), rapid.SampledFrom(someRefs).Draw(b.r, "ref")}
}

// push moves a ref of the forge to a new commit.
func (b *blog) push() {
	k := b.key()
	if k[1] == "mian" {
		return
	}
	b.commits++
	commit := fmt.Sprintf("%040x", b.commits)
	b.forge.refs[k[0]+" "+k[1]] = commit
	b.forge.refs[k[0]+" kept "+commit] = commit // it can still be read by its hash
}

// sync runs [lock.Sync] and looks whether each pin is where it was.
func (b *blog) sync(o lock.Options) {
	before := tree(b.t, b.folder)
	undecided := b.undecided()
	var wants []lock.Want
	for k, files := range b.branch.wants {
		wants = append(wants, want(k[0], k[1], files...))
	}
	report, err := lock.Sync(b.t.Context(), b.folder, b.forge, wants, o)
	var stopped *fs.PathError
	if err != nil && !errors.As(err, &stopped) {
		b.r.Fatalf("sync: %v", err)
	}
	b.branch.files = tree(b.t, b.folder)
	for k, commits := range b.branch.pins {
		e, err := b.folder.Read(k[0], k[1])
		var d *lockfile.Damaged
		name := "cards/" + lockfile.Name(k[0], k[1])
		switch {
		case err == nil && slices.Contains(undecided, k) && !b.updates(o, k):
			b.r.Fatalf("%v: sync took a side", k)
		case err == nil && !slices.Contains(commits, e.Commit()):
			b.r.Fatalf("%v has moved from %s to %s", k, commits, e.Commit())
		case err == nil:
		case !errors.As(err, &d) || before[name] != b.branch.files[name]:
			b.r.Fatalf("the pin of %v is lost: %v", k, err)
		case b.branch.wants[k] != nil && stopped == nil && !b.failed(report, k):
			b.r.Fatalf("%v is damaged, and that is not said: %v", k, err)
		}
	}
	for _, repo := range someRepos {
		for _, ref := range someRefs {
			if e, err := b.folder.Read(repo, ref); err == nil {
				b.branch.pins[key{repo, ref}] = []string{e.Commit()}
			}
		}
	}
}

// undecided lists what a merge has left at two commits.
func (b *blog) undecided() (list []key) {
	for k := range b.branch.pins {
		_, err := b.folder.Read(k[0], k[1])
		var d *lockfile.Damaged
		if errors.As(err, &d) && len(d.Pins) == 2 && d.Pins[0].Commit != d.Pins[1].Commit {
			list = append(list, k)
		}
	}
	return list
}

// updates reports whether a run may move a pin.
func (b *blog) updates(o lock.Options, k key) bool { return o.Update && o.Only[0].URL == k[0] }

func (b *blog) failed(report *lock.Report, k key) bool {
	return slices.ContainsFunc(report.Failures, func(f lock.Failure) bool { return f.Repo == k[0] && f.Ref == k[1] })
}

// checkout makes the folder that of the branch.
func (b *blog) checkout(to branch) {
	b.branch = to
	if err := os.RemoveAll(b.folder.Dir); err != nil {
		b.t.Fatal(err)
	}
	for name, text := range to.files {
		file := filepath.Join(b.folder.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.t.Fatal(err)
		}
		writeFile(b.t, file, text)
	}
}

// update asks for the refs of a repository to be moved.
func (b *blog) update() {
	repo := rapid.SampledFrom(someRepos).Draw(b.r, "repo")
	for k, commits := range b.branch.pins {
		if k[0] == repo {
			b.branch.pins[k] = append(slices.Clone(commits), b.forge.refs[k[0]+" "+k[1]])
		}
	}
	b.sync(lock.Options{Update: true, Only: []forges.Address{address(b.t, repo)}})
}

// merging reports whether a merge is not finished, upon which git refuses to
// commit and to leave the branch.
func (b *blog) merging() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(b.branch.files)), func(text string) bool { return strings.Contains(text, "<<<<<<<") })
}

// merge merges another branch as git does: files that only one side has are
// taken, those that differ get conflict markers.
func (b *blog) merge(other branch) {
	next := b.branch.clone()
	side := rapid.SampledFrom([]string{"ours", "theirs", "none", "none"}).Draw(b.r, "side")
	for name, theirs := range other.files {
		ours, both := next.files[name]
		switch {
		case !both || side == "theirs":
			next.files[name] = theirs
		case ours != theirs && side == "none":
			next.files[name] = "<<<<<<< HEAD\n" + ours + "\n=======\n" + theirs + "\n>>>>>>> side\n"
		}
	}
	for k, commits := range other.pins {
		next.pins[k] = append(slices.Clone(next.pins[k]), commits...)
	}
	maps.Copy(next.wants, other.wants)
	b.checkout(next)
	b.sync(lock.Options{})
}

// TestNoPinMovesByAccident has an author add, remove, rename and mistype tags,
// switch and merge branches, and sync, while the forge goes on, fails, files are
// damaged and runs are stopped: what is pinned stays, unless an update is asked
// for.
func TestNoPinMovesByAccident(t *testing.T) {
	synced := 0
	rapid.Check(t, func(r *rapid.T) {
		b := &blog{t: t, r: r, folder: lockfile.Folder{Dir: t.TempDir()}, forge: &forge{refs: map[string]string{}, down: map[string]bool{}}}
		b.branch = branch{map[key][]string{}, map[string]string{}, map[key][]string{}}
		for range 8 {
			b.push()
		}
		r.Repeat(map[string]func(*rapid.T){
			"add": func(r *rapid.T) {
				k := b.key()
				b.branch.wants[k] = append(b.branch.wants[k], rapid.SampledFrom(someGlobs).Draw(r, "glob"))
			},
			"remove": func(*rapid.T) { delete(b.branch.wants, b.key()) },
			"rename": func(*rapid.T) {
				from, to := b.key(), b.key()
				if files, ok := b.branch.wants[from]; ok {
					delete(b.branch.wants, from)
					b.branch.wants[to] = files
				}
			},
			"push": func(*rapid.T) { b.push() },
			"fail": func(r *rapid.T) {
				repo := rapid.SampledFrom(someRepos).Draw(r, "repo")
				b.forge.down[repo] = !b.forge.down[repo]
			},
			"sync":   func(*rapid.T) { synced++; b.sync(lock.Options{}) },
			"update": func(r *rapid.T) { b.update() },
			"damage": func(r *rapid.T) {
				names, _ := b.folder.Names()
				if len(names) == 0 {
					return
				}
				file := b.folder.File(rapid.SampledFrom(names).Draw(r, "file"))
				if info, err := os.Stat(file); err == nil {
					_ = os.Truncate(file, rapid.Int64Range(0, info.Size()).Draw(r, "length"))
				}
				b.branch.files = tree(t, b.folder)
			},
			"stop": func(*rapid.T) {
				k := b.key() // where a folder is in the way of its card, sync ends
				file := b.folder.File(lockfile.Name(k[0], k[1]))
				if _, err := os.Stat(file); err == nil || os.MkdirAll(filepath.Join(file, "x"), 0o755) != nil {
					return
				}
				b.sync(lock.Options{})
				_ = os.RemoveAll(file)
				b.branch.files = tree(t, b.folder)
			},
			"new branch": func(r *rapid.T) {
				if !b.merging() {
					b.others = append(b.others, b.branch.clone())
				}
				if rapid.Bool().Draw(r, "update") {
					b.push()
					b.update()
				}
			},
			"switch": func(r *rapid.T) {
				if len(b.others) > 0 && !b.merging() {
					i := rapid.IntRange(0, len(b.others)-1).Draw(r, "branch")
					mine := b.branch.clone()
					b.checkout(b.others[i])
					b.others[i] = mine
				}
			},
			"merge": func(r *rapid.T) {
				if len(b.others) > 0 && !b.merging() {
					b.merge(b.others[rapid.IntRange(0, len(b.others)-1).Draw(r, "branch")])
				}
			},
		})
	})
	if synced == 0 {
		t.Error("nothing was synced")
	}
}
