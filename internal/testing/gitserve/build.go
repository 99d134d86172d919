package gitserve

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Every commit and tag has the same author and date, so that the same files
// give the same hashes everywhere.
const (
	// author of all commits.
	author = "Ada Example <ada@example.org>"
	// Date of all commits, in seconds since 1970: 2026-01-02 03:04:05 UTC.
	Date = 1767323045
	// DefaultBranch of new repositories.
	DefaultBranch = "main"
)

// Repo is a bare repository on disk.
type Repo struct {
	// Dir is the repository's folder.
	Dir string
}

// InitRepo makes an empty bare repository at dir. The arguments are further
// arguments of git init, such as --object-format=sha256.
func InitRepo(dir string, args ...string) (*Repo, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	args = append([]string{"init", "--quiet", "--bare", "--template=", "--initial-branch=" + DefaultBranch}, args...)
	if _, err := runGit(nil, append(args, dir)...); err != nil {
		return nil, err
	}
	config, err := os.OpenFile(filepath.Join(dir, "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	// As public forges do. A server's own options come before it.
	_, err = config.WriteString("[uploadpack]\n\tallowFilter = true\n")
	return &Repo{Dir: dir}, errors.Join(err, config.Close())
}

// BuildRepo makes a bare repository at dir with one commit on [DefaultBranch]
// and returns the commit's hash.
func BuildRepo(dir string, files Files) (commit string, err error) {
	r, err := InitRepo(dir)
	if err != nil {
		return "", err
	}
	return r.Commit(DefaultBranch, files)
}

// Commit adds a commit with exactly these files to a branch and returns its
// hash. The branch is made if need be; its first commit has no parent.
func (r *Repo) Commit(branch string, files Files) (string, error) {
	ref := "refs/heads/" + branch
	_, err := r.Git("rev-parse", "--verify", "--quiet", ref)
	hasParent := err == nil
	in, out := io.Pipe()
	go func() {
		w := bufio.NewWriter(out)
		writeCommit(w, ref, hasParent, files)
		out.CloseWithError(w.Flush())
	}()
	// Storing is fast and reads need no compression: these repositories live
	// for a moment.
	_, err = runGit(in, "-C", r.Dir, "-c", "core.compression=0", "-c", "core.bigFileThreshold=1m", "fast-import", "--quiet", "--date-format=raw", "--done")
	in.Close()
	if err != nil {
		return "", err
	}
	return r.Git("rev-parse", "--verify", ref)
}

// writeCommit writes one commit as git fast-import reads it.
func writeCommit(w io.Writer, ref string, hasParent bool, files Files) {
	const message = "Add files"
	fmt.Fprintf(w, "commit %s\nauthor %s %d +0000\ncommitter %s %d +0000\ndata %d\n%s\n",
		ref, author, Date, author, Date, len(message), message)
	if hasParent {
		fmt.Fprintf(w, "from %s^0\n", ref)
	}
	fmt.Fprintln(w, "deleteall")
	for _, key := range files.keys() {
		mode, path := files.split(key)
		if mode == "160000" {
			fmt.Fprintf(w, "M %s %s %s\n", mode, files[key], quotePath(path))
			continue
		}
		fmt.Fprintf(w, "M %s inline %s\ndata %d\n%s\n", mode, quotePath(path), len(files[key]), files[key])
	}
	fmt.Fprint(w, "\ndone\n")
}

// Tag makes a lightweight tag.
func (r *Repo) Tag(name, target string) error {
	_, err := r.Git("update-ref", "refs/tags/"+name, target)
	return err
}

// AnnotatedTag makes an annotated tag and returns the tag object's hash.
func (r *Repo) AnnotatedTag(name, target string) (string, error) {
	if _, err := r.Git("tag", "--annotate", "--no-sign", "--message", name, "--", name, target); err != nil {
		return "", err
	}
	return r.Git("rev-parse", "--verify", "refs/tags/"+name)
}

// Object stores an object ("blob", "tree", "commit" or "tag") with exactly this
// content, valid or not, and returns its hash.
func (r *Repo) Object(kind, content string) (string, error) {
	return runGit(strings.NewReader(content), "-C", r.Dir, "hash-object", "-t", kind, "-w", "--literally", "--stdin")
}

// Git runs git in the repository and returns its output without the final
// newline.
func (r *Repo) Git(args ...string) (string, error) {
	return runGit(nil, append([]string{"-C", r.Dir}, args...)...)
}

// runGit runs git untouched by the configuration of user and machine.
func runGit(stdin io.Reader, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Env = gitEnv()
	cmd.Stdin = stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}

// gitEnv returns an environment in which git does the same everywhere.
func gitEnv() []string {
	name, email, _ := strings.Cut(strings.TrimSuffix(author, ">"), " <")
	date := fmt.Sprintf("%d +0000", Date)
	return append(isolation(),
		"PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir(), "LC_ALL=C", "TZ=UTC",
		"GIT_AUTHOR_NAME="+name, "GIT_AUTHOR_EMAIL="+email, "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME="+name, "GIT_COMMITTER_EMAIL="+email, "GIT_COMMITTER_DATE="+date)
}

// isolation returns what keeps git from reading the configuration of user and
// machine.
func isolation() []string {
	return []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull}
}
