package cli

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
	"github.com/bokehbinder/bokehbinder/internal/site"
)

func (p *Program) newAssetsCommand() *cobra.Command {
	var hashed, check bool
	cmd := &cobra.Command{
		Use:   "assets DIR",
		Short: "Write the style sheet and the script that pages with embeds need",
		Long: `Write the style sheet, the script and its words, of this version, into DIR, a
folder that the site serves as it is, and print the lines that bring them into
its pages: for Jekyll, MkDocs, Sphinx and Eleventy in their own terms.

With --hash they go into a folder of DIR with a hash of them in its name, so
that browsers may keep them for good. Run assets again with each new version.`,
		Example: `  bokehbinder assets docs/assets
  bokehbinder assets --check docs/assets`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] == "" {
				return errors.New("DIR is empty")
			}
			a := newAssets(args[0], hashed)
			if check {
				return a.check()
			}
			if err := a.write(); err != nil {
				return err
			}
			return p.writeOutput("", []byte(a.head()))
		},
	}
	cmd.Flags().BoolVar(&hashed, "hash", false, "put them into a folder with a hash of them in its name")
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; fail if a file is missing or of another version")
	return cmd
}

// assets are the files that pages refer to, by their names in a folder.
type assets struct {
	dir   string
	sub   string // the folder in it, if there is one, with a slash
	names []string
	data  map[string][]byte
}

func newAssets(dir string, hashed bool) *assets {
	a := &assets{dir: dir, data: map[string][]byte{
		bokehbinder.StyleName: bokehbinder.Style(), bokehbinder.ScriptName: bokehbinder.Script(),
	}, names: []string{bokehbinder.StyleName, bokehbinder.ScriptName}}
	for _, language := range view.Languages() {
		if words := bokehbinder.Words(language); words != nil {
			name := bokehbinder.WordsName(language)
			a.names, a.data[name] = append(a.names, name), words
		}
	}
	if hashed {
		sum := sha256.New()
		for _, name := range a.names {
			fmt.Fprintf(sum, "%s %d\n%s", name, len(a.data[name]), a.data[name])
		}
		// The script finds its words beside itself, by their name, so that the folder
		// has the hash.
		a.sub = "bokehbinder-" + hex.EncodeToString(sum.Sum(nil)[:6]) + "/"
	}
	return a
}

func (a *assets) file(name string) string {
	return filepath.Join(a.dir, filepath.FromSlash(a.sub+name))
}

// check says which files are not those of this version.
func (a *assets) check() error {
	failed := &failure{}
	for _, name := range a.names {
		message := ""
		switch data, err := os.ReadFile(a.file(name)); {
		case errors.Is(err, fs.ErrNotExist):
			message = "the file is missing"
		case err != nil:
			return failFile(a.file(name), err, "")
		case !bytes.Equal(data, a.data[name]):
			message = "the file is of another version, or was changed"
		}
		if message != "" {
			failed.problems = append(failed.problems, problem{Where: a.file(name), Err: errors.New(message), Hint: "run bokehbinder assets without --check"})
		}
	}
	if len(failed.problems) > 0 {
		return failed
	}
	return nil
}

// write makes the files those of this version.
func (a *assets) write() error {
	var edits []rewrite.Edit
	for _, name := range a.names {
		text := string(a.data[name])
		edit := rewrite.Edit{Path: a.sub + name, New: &text}
		data, err := os.ReadFile(a.file(name))
		switch old := string(data); {
		case err == nil && old == text:
			continue
		case err == nil:
			edit.Old = &old
		case !errors.Is(err, fs.ErrNotExist):
			return failFile(a.file(name), err, "")
		}
		edits = append(edits, edit)
	}
	prepare := rewrite.Check
	if _, err := os.Stat(a.dir); errors.Is(err, fs.ErrNotExist) {
		prepare = rewrite.CheckNew
	}
	plan, err := prepare(a.dir, edits)
	if err != nil {
		return failFile(a.dir, err, outputHint(err))
	}
	defer plan.Close()
	if err = plan.Stage(); err == nil {
		_, err = plan.Apply()
	}
	if err != nil {
		return failFile(a.dir, err, outputHint(err))
	}
	return nil
}

const anySite = `In the <head> of your pages, with the address of the folder in place of FOLDER:

<link rel="stylesheet" href="FOLDER/STYLE">
<script type="module" src="FOLDER/SCRIPT"></script>
`

// head is what brings the files into the pages of the site that the folder is in.
func (a *assets) head() string {
	lines, folder, below := anySite, "FOLDER", ""
	if generator, served, ok := servedAbove(a.dir); ok {
		below, lines = filepath.ToSlash(served), generator.Head
		folder = cmp.Or(below, ".")
	}
	return strings.NewReplacer(
		"STYLE", path.Join(below, a.sub+bokehbinder.StyleName), "SCRIPT", path.Join(below, a.sub+bokehbinder.ScriptName), "FOLDER", folder,
	).Replace(lines)
}

// servedAbove returns the generator of the nearest site that a folder is in, and
// the folder's path below what that site serves; not ok if it is outside of it.
func servedAbove(dir string) (g site.Generator, served string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return g, "", false
	}
	for root := dir; ; root = filepath.Dir(root) {
		if g, ok = site.GeneratorOf(root); ok {
			served, ok = paths.Rel(filepath.Join(root, filepath.FromSlash(g.Served)), dir)
			return g, served, ok
		}
		if root == filepath.Dir(root) {
			return g, "", false
		}
	}
}
