package browse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
)

// endTime is how long a browser may take to end before it is killed, and its
// profile to be left alone. On a quiet machine both take a moment.
const endTime = 20 * time.Second

// Browser is a running browser.
type Browser struct {
	conn    *conn
	cmd     *exec.Cmd
	profile *scratch.Dir
	pipes   []*os.File
	exited  chan struct{}

	mu    sync.Mutex
	pages map[string]*Page // by session, those of frames too
}

// Start starts the browser at a path, with a new profile in a temporary folder.
// Close ends it and removes the profile.
func Start(ctx context.Context, path string) (*Browser, error) {
	profile, err := scratch.New("", "browser")
	if err != nil {
		return nil, err
	}
	b := &Browser{profile: profile, exited: make(chan struct{}), pages: map[string]*Page{}}
	if err := b.start(path); err != nil {
		_ = profile.Remove()
		return nil, err
	}
	// The first answer says that it runs.
	if err := b.conn.call(ctx, "", "Browser.getVersion", nil, nil); err != nil {
		b.Close()
		if errors.Is(err, errEnded) {
			err = fmt.Errorf("%s does not start: %s", path, b.complaint())
		}
		return nil, err
	}
	return b, nil
}

// start starts the process.
func (b *Browser) start(path string) error {
	if err := blockCookies(b.profile.Path); err != nil {
		return err
	}
	hears, out, err := os.Pipe()
	if err != nil {
		return err
	}
	defer hears.Close()
	in, says, err := os.Pipe()
	if err != nil {
		out.Close()
		return err
	}
	defer says.Close()
	b.pipes = []*os.File{in, out}
	b.cmd = exec.Command(path, arguments(b.profile.Path)...)
	b.cmd.Env = variables(b.profile.Path)
	b.cmd.Stderr = &tail{}
	b.cmd.ExtraFiles = []*os.File{hears, says} // its descriptors 3 and 4
	// Children of a browser that was killed may hold its standard error.
	b.cmd.WaitDelay = endTime
	if err := b.cmd.Start(); err != nil {
		b.closePipes()
		return err
	}
	go func() {
		_ = b.cmd.Wait()
		close(b.exited)
	}()
	b.conn = newConn(in, out, b.handle)
	return nil
}

// arguments are how the browser is started. No page of a strange site is ever
// opened, so the sandbox can be missed where it cannot be had.
func arguments(profile string) []string {
	args := []string{
		"--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + profile,
		"--no-first-run", "--no-default-browser-check", "--disable-gpu", "--hide-scrollbars", "--mute-audio",
		"--password-store=basic", "--use-mock-keychain",
		// Nothing of the browser's own goes over the network.
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
		// A page that nobody looks at is drawn all the same.
		"--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--disable-dev-shm-usage",
		// A frame of another site has a process of its own, and so a session.
		"--site-per-process",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // root cannot have it
	}
	return append(args, "about:blank")
}

// blockCookies writes into a profile that embedded sites get no cookies. That
// they keep partitioned ones is the browser's own doing.
func blockCookies(profile string) error {
	dir := filepath.Join(profile, "Default")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "Preferences"), []byte(`{"profile": {"cookie_controls_mode": 1}}`), 0o600)
}

// variables is what the browser gets of the user's: nothing that is personal.
// Its home is its profile.
func variables(profile string) []string {
	env := []string{"HOME=" + profile, "XDG_CONFIG_HOME=" + filepath.Join(profile, "config"), "XDG_CACHE_HOME=" + filepath.Join(profile, "cache")}
	for _, name := range []string{"PATH", "TMPDIR", "LANG", "LC_ALL", "TZ", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// complaint is what the browser printed last.
func (b *Browser) complaint() string {
	if text := b.cmd.Stderr.(*tail).String(); text != "" {
		return text
	}
	return "it says nothing"
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	_ = b.conn.call(ctx, "", "Browser.close", nil, nil)
	select {
	case <-b.exited:
	case <-ctx.Done():
		_ = b.cmd.Process.Kill()
		<-b.exited
	}
	b.closePipes()
	_ = b.profile.Remove()
}

func (b *Browser) closePipes() {
	for _, f := range b.pipes {
		f.Close()
	}
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text string
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text += string(p)
	if over := len(t.text) - 2000; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.text)
}
