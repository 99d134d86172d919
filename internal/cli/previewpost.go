package cli

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/post"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/watch"
	"github.com/bokehbinder/bokehbinder/internal/source/asked"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// previewPost previews a Markdown file.
type previewPost struct {
	*Program
	o    *previewOptions
	file string
}

// errNotRead is the answer to whoever only wants to know what a post names.
var errNotRead = errors.New("not read")

func (v *previewPost) repositories(context.Context) ([]forge.Address, error) {
	entry, err := v.parse()
	if err != nil {
		return nil, err
	}
	none := card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) { return nil, errNotRead })
	var document parser.Context
	_, err = entry.Render(io.Discard, post.Markdown(&extension.Extender{Source: none}), func(pc parser.Context) { document = pc })
	if err != nil {
		return nil, fail(v.file, err, "")
	}
	var named []forge.Address
	for _, t := range extension.Tags(document) {
		if a, err := asked.Address(t.Request()); err == nil {
			named = append(named, a)
		}
	}
	return named, nil
}

func (v *previewPost) parse() (*post.Post, error) {
	name, data, err := v.readInput(v.file)
	if err != nil {
		return nil, err
	}
	entry, err := post.Parse(name, data)
	if err != nil {
		return nil, failPost(err)
	}
	return entry, nil
}

func (v *previewPost) open(_ context.Context, s *previewSession) (http.Handler, error) {
	return &preview.Post{
		Folder: filepath.Dir(v.file),
		Render: func(ctx context.Context) ([]byte, error) { return s.renderPage(ctx, v.parse), nil },
	}, nil
}

func (v *previewPost) look(f *watch.Fingerprint) { f.Add(v.file) }
func (v *previewPost) changed(context.Context, *previewSession, bool) (bool, error) {
	return true, nil
}

// renderPage renders a post into a page whose apps run on the hub. What is
// wrong is said on the terminal, and on the page in the tag's place; a post that
// cannot be read at all is a page that says so.
func (s *previewSession) renderPage(ctx context.Context, parse func() (*post.Post, error)) []byte {
	o := &renderOptions{readingFlags: s.o.readingFlags, source: s.repos, previewHub: s.hub.URL, smart: s.o.smart}
	entry, err := parse()
	if err == nil {
		var html []byte
		var failed error
		html, failed, err = s.renderPost(ctx, o, entry)
		if failed != nil && ctx.Err() == nil {
			s.print(failed)
		}
		if err == nil {
			html, err = makePage(&entry.Meta, titleOf(entry.File), html)
		}
		if err == nil {
			return html
		}
	}
	if ctx.Err() == nil {
		s.print(err)
	}
	return []byte("<!doctype html><title>Preview</title><pre>" + template.HTMLEscapeString(err.Error()) + "</pre>")
}

// previewFolder previews the app of a folder, on a page that has nothing else.
type previewFolder struct {
	// dir is the folder; empty to launch what the repository has at ref.
	dir, ref string
	address  forge.Address
	// app is which one; empty for the first.
	app string
}

// newPreviewFolder prepares the preview of a folder.
func newPreviewFolder(target string) (*previewFolder, error) {
	dir, err := filepath.Abs(target)
	if err != nil {
		return nil, fail(target, err, "")
	}
	address := repo.Origin(context.Background(), dir)
	if address.URL == "" {
		// A repository that is nowhere yet has an address that leads nowhere.
		if address, err = forge.Parse("https://localhost/" + filepath.Base(dir)); err != nil {
			return nil, fail(target, err, "rename the folder, or publish its repository first")
		}
	}
	return &previewFolder{dir: dir, address: address}, nil
}

func (v *previewFolder) repositories(context.Context) ([]forge.Address, error) {
	return []forge.Address{v.address}, nil
}

func (v *previewFolder) open(_ context.Context, s *previewSession) (http.Handler, error) {
	tag := fmt.Sprintf("<<< bokehbinder repo=%q", v.address.URL)
	if v.ref != "" {
		tag += fmt.Sprintf(" ref=%q", v.ref)
	}
	if v.app != "" {
		tag += fmt.Sprintf(" app=%q", v.app)
	}
	name := v.dir
	if name == "" {
		name = v.address.Path
	}
	text := fmt.Sprintf("---\ntitle: %q\n---\n\n%s >>>\n", filepath.Base(name), tag)
	return &preview.Post{Render: func(ctx context.Context) ([]byte, error) {
		return s.renderPage(ctx, func() (*post.Post, error) { return post.Parse(name, []byte(strings.Clone(text))) }), nil
	}}, nil
}

func (v *previewFolder) look(*watch.Fingerprint) {}
func (v *previewFolder) changed(context.Context, *previewSession, bool) (bool, error) {
	return true, nil
}
