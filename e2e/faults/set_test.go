package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/testing/faults"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// settings are what a clock is set by, in seconds, as libfaketime reads it.
var settings = map[string]string{"ahead by a year": "+31536000", "back by a year": "-31536000"}

// setBy is the variable that names the file with the setting, for libfaketime and for the
// command that is built with setter.
const setBy = "FAKETIME_TIMESTAMP_FILE"

// setter is a part of Go's package time. Like a clock that somebody sets, it moves the time
// of day, and no duration. The runtime asks for the time, too, where nothing may wait or
// take memory, so the file is read by bare calls to the system.
const setter = `package time

import (
	"syscall"
	"unsafe"
)

var setting = func() *byte {
	file, _ := syscall.Getenv("` + setBy + `")
	name, _ := syscall.BytePtrFromString(file)
	return name
}()

func set() (seconds int64) {
	const here = 100 // AT_FDCWD, negated
	fd, _, err := syscall.RawSyscall6(syscall.SYS_OPENAT, ^uintptr(here-1), uintptr(unsafe.Pointer(setting)), syscall.O_CLOEXEC, 0, 0, 0)
	if err != 0 {
		return 0
	}
	var text [20]byte
	_, _, _ = syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
	for _, c := range text {
		if c >= '0' && c <= '9' {
			seconds = 10*seconds + int64(c-'0')
		}
	}
	if text[0] == '-' {
		return -seconds
	}
	return seconds
}
`

// probe sets the clock while it runs, and tells by how much it and git see that.
const probe = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	start := time.Now()
	_ = os.WriteFile(os.Getenv("` + setBy + `"), []byte("+31536000\n"), 0o644)
	const day = 24 * 60 * 60
	git := exec.Command("git", "var", "GIT_COMMITTER_IDENT")
	git.Env = append(os.Environ(), "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	out, _ := git.Output()
	var seconds int64
	_, _ = fmt.Sscan(strings.TrimPrefix(string(out), "a <a@example.org> "), &seconds)
	fmt.Printf("%d days by the time of day, %d by its durations, %d by git's",
		(time.Now().Unix()-start.Unix())/day, int(time.Since(start).Seconds())/day, (seconds-start.Unix())/day)
}
`

// settable is the command, and git, with a clock that a file sets for them alone.
type settable struct{ program, file, library string }

// newSettable builds the command with such a clock, and checks that it is one.
func newSettable(t *testing.T) *settable {
	t.Helper()
	library, err := filepath.Abs(filepath.FromSlash("../../build/libfaketime.so"))
	if err != nil {
		t.Fatal(err)
	}
	need.File(t, "faketime", library, "run make setup")
	dir := t.TempDir()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	now := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(now)
	if err != nil {
		t.Fatal(err)
	}
	const reads = "sec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(text), reads) != 1 {
		t.Fatalf("%s reads the time in another way", now)
	}
	tree{"time.go": strings.Replace(string(text), reads, reads+"\tsec += set()\n", 1), "set.go": setter}.write(t, dir)
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		now: filepath.Join(dir, "time.go"), filepath.Join(filepath.Dir(now), "set.go"): filepath.Join(dir, "set.go"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	tree{"overlay.json": string(overlay), "probe.go": probe}.write(t, dir)
	option := "-overlay=" + filepath.Join(dir, "overlay.json")
	s := &settable{project.Command(t, option), filepath.Join(dir, "setting"), library}
	build := exec.Command("go", "build", option, "-o", "probe", "probe.go")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := s.command(t, dir, dir, filepath.Join(dir, "probe")).Output()
	if want := "365 days by the time of day, 0 by its durations, 365 by git's"; err != nil || string(out) != want {
		t.Fatalf("%v: the clock is set by %s, not %s", err, out, want)
	}
	s.set("")
	return s
}

// set sets the clock; "" sets it right.
func (s *settable) set(setting string) {
	if setting == "" {
		_ = os.Remove(s.file)
		return
	}
	_ = os.WriteFile(s.file, []byte(setting+"\n"), 0o644)
}

// command is the command with that clock, which ends when a test has no patience left.
func (s *settable) command(t *testing.T, temp, dir, program string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience.Limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+temp, setBy+"="+s.file, "LD_PRELOAD="+s.library,
		"FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_DISABLE_SHM=1", "NO_FAKE_STAT=1")
	return cmd
}

// TestClockSet has the clock set while commands run, ahead and back: at random moments,
// and at each request to a server.
func TestClockSet(t *testing.T) {
	s := newSettable(t)
	folder := t.TempDir()
	for _, w := range writings(t, folder) {
		for name, setting := range settings {
			for range few(2, 20) {
				dir := t.TempDir()
				w.before.write(t, dir)
				cmd := s.command(t, folder, dir, s.program, w.args...)
				timer := time.AfterFunc(rand.N(w.takes), func() { s.set(setting) })
				var wrong []string
				if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != w.codes[0] {
					wrong = append(wrong, fmt.Sprintf("it ends with %s: %s", cmd.ProcessState, out))
				}
				timer.Stop()
				s.set("")
				wrong = append(append(wrong, read(t, dir).differs(w.after)...), left(t, folder)...)
				count(t, w.name, "clock set "+name, "", false, append(wrong, w.again(t, dir)...)...)
			}
		}
	}
	_, n := served(t, nil)
	_, _, requests := n.learn(t)
	for name, setting := range settings {
		for from := 1; from <= requests; from++ {
			n.isSet(t, s, "clock set "+name+" at the n-th request", from, setting, false)
		}
		n.isSet(t, s, "clock set "+name+" before no answer", 1, setting, true)
	}
}

// isSet has the clock set at a request, which is answered or never is.
func (n *network) isSet(t *testing.T, s *settable, name string, from int, setting string, silent bool) {
	t.Helper()
	dir, timeout, want := t.TempDir(), time.Minute, n.want
	if silent {
		timeout, want = 3*time.Second, blog
	}
	blog.write(t, dir)
	n.Set(t, faults.Fault{From: from, Answer: func(_ http.ResponseWriter, r *http.Request) bool {
		s.set(setting)
		if silent {
			<-r.Context().Done()
		}
		return silent
	}})
	cmd := s.command(t, n.temp, dir, s.program, syncing(dir, timeout)...)
	out, _ := cmd.CombinedOutput()
	var wrong []string
	code := cmd.ProcessState.ExitCode()
	if ok := code == cli.ExitDone; ok == silent || silent && !strings.Contains(string(out), "github.com did not answer within 3s") {
		wrong = append(wrong, fmt.Sprintf("it ends with %s: %s", cmd.ProcessState, out))
	}
	wrong = append(append(wrong, read(t, dir).differs(want)...), left(t, n.temp)...)
	s.set("")
	n.Set(t, faults.Fault{})
	if code, said := run(t, syncing(dir, time.Minute)...); code != cli.ExitDone {
		wrong = append(wrong, "the next run fails: "+said)
	}
	count(t, "git server", name, fmt.Sprintf("at request %d", from), silent, append(wrong, read(t, dir).differs(n.want)...)...)
}
