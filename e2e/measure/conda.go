package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const condaHead = `# Builds at conda-forge, of %s: for which Pythons a release was built for
# Linux on x86-64, and its versions, by the history of each feedstock's recipe and
# of its .ci_support. That begins in 2018; a build that failed counts as one.
# go run . -feedstocks FOLDER conda
`

// measureConda reads the history of feedstocks.
func measureConda(s settings) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, condaHead, s.date)
	for _, p := range compiled {
		if !s.wanted(p.name) || p.index {
			continue
		}
		r := releases{}
		stocks := p.feedstocks
		if stocks == nil {
			stocks = []string{p.name}
		}
		for _, name := range stocks {
			if err := r.feedstock(filepath.Join(s.feedstocks, name+"-feedstock")); err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
		}
		out.WriteString(r.write(p.name))
	}
	return out.String(), nil
}

// branchForm are the branches that publish: the main one, and those of releases.
var branchForm = regexp.MustCompile(`^(main|master|v?\d[\w.]*)$`)

// feedstock notes the releases that a feedstock has built, at any state of a
// branch that publishes.
func (r releases) feedstock(dir string) error {
	heads, err := run("git", "-C", dir, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes/origin")
	if err != nil {
		return err
	}
	blobs, err := openBlobs(dir)
	if err != nil {
		return err
	}
	defer blobs.close()
	seen := map[string]bool{}
	for head := range strings.FieldsSeq(heads) {
		if !branchForm.MatchString(strings.TrimPrefix(head, "origin/")) {
			continue
		}
		commits, err := run("git", "-C", dir, "log", "--first-parent", "--format=%H", head, "--", "recipe", ".ci_support")
		if err != nil {
			return err
		}
		for commit := range strings.FieldsSeq(commits) {
			if seen[commit] {
				continue
			}
			seen[commit] = true
			if err := r.state(dir, commit, blobs); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	versionLines = []*regexp.Regexp{
		regexp.MustCompile(`(?m)\{%-?\s*set\s+version\s*=\s*['"]([^'"]+)['"]`),
		regexp.MustCompile(`(?m)^\s+version:\s*['"]?([0-9][\w.]*)`),
	}
	variant = regexp.MustCompile(`^\.ci_support/linux_(?:64_?)?[^/]*\.yaml$`)
	other   = regexp.MustCompile(`^\.ci_support/linux_(?:aarch64|ppc64le|riscv64|s390x)`)
)

// state notes what one commit builds.
func (r releases) state(dir, commit string, b *blobs) error {
	text, err := run("git", "-C", dir, "ls-tree", "-r", commit, ".ci_support", "recipe/meta.yaml", "recipe/recipe.yaml")
	if err != nil {
		return err
	}
	version := ""
	var have []string
	for line := range strings.Lines(text) {
		head, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		recipe := strings.HasPrefix(name, "recipe/")
		if !recipe && (!variant.MatchString(name) || other.MatchString(name)) {
			continue
		}
		content, err := b.read(strings.Fields(head)[2])
		if err != nil {
			return err
		}
		if !recipe {
			have = append(have, variantPythons(content)...)
			continue
		}
		for _, form := range versionLines {
			if m := form.FindStringSubmatch(content); m != nil {
				version = m[1]
				break
			}
		}
	}
	if version = post.ReplaceAllString(version, ""); len(have) == 0 || !final.MatchString(version) {
		return nil
	}
	one := r.get(version)
	one.kept = true
	for _, p := range have {
		one.pythons[p] = true
	}
	return nil
}

var (
	pythonKey = regexp.MustCompile(`(?m)^python:\n((?:- .*\n)+)`)
	pythonOf  = regexp.MustCompile(`^- ['"]?(\d\.\d+)(?:\.\*)?(?: (\*_\w+))?['"]?$`)
	stableABI = regexp.MustCompile(`(?m)^is_abi3:\n- ['"]?[Tt]rue`)
)

// variantPythons are the Pythons of a file in .ci_support. A build of the stable
// ABI is for all newer ones, too; one without the lock is for none of them.
func variantPythons(content string) []string {
	m := pythonKey.FindStringSubmatch(content)
	if m == nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(m[1]) {
		one := pythonOf.FindStringSubmatch(strings.TrimSpace(line))
		if one == nil || strings.HasSuffix(one[2], "t") || strings.Contains(one[2], "pypy") {
			continue
		}
		if at := slices.Index(pythons, one[1]); at >= 0 && stableABI.MatchString(content) {
			out = append(out, pythons[at:]...)
		}
		out = append(out, one[1])
	}
	return out
}

// blobs reads blobs of a repository, each once.
type blobs struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	known map[string]string
}

func openBlobs(dir string) (*blobs, error) {
	cmd := exec.Command("git", "-C", dir, "cat-file", "--batch")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &blobs{cmd, in, bufio.NewReader(out), map[string]string{}}, cmd.Start()
}

func (b *blobs) read(id string) (string, error) {
	if text, ok := b.known[id]; ok {
		return text, nil
	}
	fmt.Fprintln(b.in, id)
	head, err := b.out.ReadString('\n')
	if err != nil {
		return "", err
	}
	fields := strings.Fields(head)
	size, err := strconv.Atoi(fields[len(fields)-1])
	if err != nil {
		return "", fmt.Errorf("git cat-file: %s", head)
	}
	content := make([]byte, size+1)
	if _, err := io.ReadFull(b.out, content); err != nil {
		return "", err
	}
	b.known[id] = string(content[:size])
	return b.known[id], nil
}

func (b *blobs) close() {
	b.in.Close()
	_ = b.cmd.Wait()
}
