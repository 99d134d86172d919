package site

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/post"
)

// Generator is what is known of a site's generator, other than Hugo.
type Generator struct {
	// Config is the file by which its sites are known.
	Config string
	// Served is the folder of a site, with slashes, that is served at its top.
	Served string
	// Reads are the forms of its posts.
	Reads []form.Form
	// configured returns the form of a Markdown post by the site's configuration and by
	// what the post says of it. It is nil where all Markdown is Markdown.
	configured func(config, format string) (form.Form, error)
	// Head are the lines that bring style and script into the pages, for STYLE and
	// SCRIPT, relative to Served, and for FOLDER, which has them.
	Head string
	// Serve is the command that serves a site.
	Serve string
}

// ServeIn is [Generator.Serve] in a site's folder: of the versions that it pins, where
// it is a Ruby program.
func (g Generator) ServeIn(dir string) string {
	if _, err := os.Stat(filepath.Join(dir, "Gemfile")); err == nil && strings.HasPrefix(g.Serve, "jekyll ") {
		return "bundle exec " + g.Serve
	}
	return g.Serve
}

// generators has a row for each name of a configuration.
var generators = []Generator{
	{Config: "_toc.yml", Serve: "python3 -m http.server --directory _build/html", Served: "_embeds", Reads: markdownAlone, Head: `In _config.yml:

sphinx:
  config:
    html_static_path: [_embeds]
    html_css_files: [STYLE]
    html_js_files: [[SCRIPT, { type: module }]]
`},
	{Config: "_config.yml", Serve: "jekyll serve --livereload", Served: ".", Reads: markdownAlone, Head: `In the <head> of your layout:

<link rel="stylesheet" href="{{ '/STYLE' | relative_url }}">
<script type="module" src="{{ '/SCRIPT' | relative_url }}"></script>
`},
	{Config: "mkdocs.yml", Serve: "mkdocs serve", Served: "docs", Reads: markdownAlone, Head: `In mkdocs.yml:

extra_css:
  - STYLE
extra_javascript:
  - path: SCRIPT
    type: module
`},
	{Config: "conf.py", Serve: "sphinx-autobuild . _build/html", Served: "_static", Reads: []form.Form{form.Markdown, form.RST}, Head: `In conf.py:

html_css_files = ["STYLE"]
html_js_files = [("SCRIPT", {"type": "module"})]
`},
	{Config: "zensical.toml", Serve: "zensical serve", Served: "docs", Reads: markdownAlone, Head: `In zensical.toml, below [project]:

extra_css = ["STYLE"]
extra_javascript = [{ path = "SCRIPT", type = "module" }]
`},
	{Config: "pelicanconf.py", Serve: "pelican --autoreload --listen", Served: "content", Reads: []form.Form{form.Markdown, form.RST}, Head: `In pelicanconf.py:

STATIC_PATHS = ["images", "FOLDER"]

In the <head> of your theme's pages:

<link rel="stylesheet" href="{{ SITEURL }}/STYLE">
<script type="module" src="{{ SITEURL }}/SCRIPT"></script>
`},
	astro("mjs"), astro("js"), astro("ts"), astro("cjs"), astro("mts"), astro("cts"),
	eleventy("eleventy.config.js"), eleventy("eleventy.config.mjs"), eleventy("eleventy.config.cjs"), eleventy(".eleventy.js"),
	docusaurus("js"), docusaurus("ts"), docusaurus("mjs"), docusaurus("cjs"), docusaurus("mts"), docusaurus("cts"),
}

var (
	markdownAlone = []form.Form{form.Markdown}
	markdownOrMDX = []form.Form{form.Markdown, form.MDX}
)

func docusaurus(ext string) Generator {
	return Generator{Config: "docusaurus.config." + ext, Serve: "npx docusaurus start", Served: "static", Reads: markdownOrMDX, configured: docusaurusForm, Head: `In the configuration:

stylesheets: ["/STYLE"],
scripts: [{ src: "/SCRIPT", type: "module" }],
`}
}

// astro reads MDX, too, but has a name of its own for HTML that is not read.
func astro(ext string) Generator {
	return Generator{Config: "astro.config." + ext, Serve: "npx astro dev", Served: "public", Reads: markdownAlone, Head: `In the <head> of your layout, with your base before each:

<link rel="stylesheet" href="/STYLE">
<script is:inline type="module" src="/SCRIPT"></script>
`}
}

func eleventy(config string) Generator {
	return Generator{Config: config, Serve: "npx @11ty/eleventy --serve", Served: ".", Reads: markdownOrMDX, Head: `In the configuration:

eleventyConfig.addPassthroughCopy("FOLDER");

In the <head> of your layout:

<link rel="stylesheet" href="{{ '/STYLE' | url }}">
<script type="module" src="{{ '/SCRIPT' | url }}"></script>
`}
}

// made are folders that generators and package managers write: no content.
var made = []string{"node_modules", "_site", "_build", "vendor", "build", "site"}

// GeneratorOf returns the generator, other than Hugo, whose site a folder is. Such a
// site keeps its cards as a Hugo site does, for bokehbinder expand.
func GeneratorOf(dir string) (Generator, bool) {
	for _, g := range generators {
		if info, err := os.Stat(filepath.Join(dir, g.Config)); err == nil && info.Mode().IsRegular() {
			return g, true
		}
	}
	return Generator{}, false
}

// OpenOther returns the site of another generator. Its content are the posts that the
// generator reads.
func OpenOther(dir string) (*Site, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	g, _ := GeneratorOf(root)
	return &Site{Root: root, Content: []string{root}, Assets: filepath.Join(root, "assets"), Other: true, generator: g}, nil
}

// reads says whether a generator reads posts of a file's name.
func (g Generator) reads(file string) bool {
	f, ok := form.ByName(file)
	return ok && slices.Contains(g.Reads, f)
}

// formOf returns the form in which the generator of the site in a folder reads a post.
func (g Generator) formOf(root, file string, src []byte) (form.Form, error) {
	f, _ := form.ByName(file)
	if f != form.Markdown || g.configured == nil {
		return f, nil
	}
	config, err := os.ReadFile(filepath.Join(root, g.Config))
	if err != nil {
		return f, err
	}
	entry, err := post.Parse(file, src)
	if err != nil {
		return f, err
	}
	return g.configured(string(config), entry.Meta.Format)
}

// Reading returns the form in which a post is read: by the generator of the nearest
// site that it is in, else by its name. It is not ok if no post is known by that name,
// or if that generator does not read it.
func Reading(file string, src []byte) (f form.Form, ok bool, err error) {
	f, ok = form.ByName(file)
	if !ok {
		return f, ok, nil
	}
	root, g, found, err := above(file)
	if err != nil || !found {
		return f, ok, err
	}
	f, err = g.formOf(root, file, src)
	return f, g.reads(file), err
}

// IsMade says whether a folder in a site is one that its generator or a package manager
// writes.
func IsMade(dir string) bool {
	_, _, found, err := above(dir)
	return found && err == nil && slices.Contains(made, filepath.Base(dir))
}

// above finds the nearest site that a file is in.
func above(file string) (root string, g Generator, found bool, err error) {
	root, err = filepath.Abs(file)
	for err == nil && !found && root != filepath.Dir(root) {
		root = filepath.Dir(root)
		g, found = GeneratorOf(root)
	}
	return root, g, found, err
}

// Docusaurus takes Markdown for MDX, unless its configuration or the post says
// otherwise. That is JavaScript, of which only what is written out is known.
var (
	scriptComment  = regexp.MustCompile(`(?s)/\*.*?\*/|(?m)(?:^|[\s;,{}])//.*$`)
	markdownOption = regexp.MustCompile(`\bmarkdown['"]?\s*(?:([,}])|:\s*(\{)?)`)
	formatOption   = regexp.MustCompile(`\bformat['"]?\s*(?:[,}]|:\s*(?:['"` + "`" + `](\w+)['"` + "`" + `])?)`)
)

// ErrForm says that it is not known how a site reads its Markdown.
var ErrForm = errors.New("the site's configuration does not say in plain words whether this is Markdown or MDX")

func docusaurusForm(config, format string) (form.Form, error) {
	if format == "" {
		known := true
		if format, known = configuredFormat(scriptComment.ReplaceAllString(config, " ")); !known {
			return form.MDX, ErrForm
		}
	}
	switch format {
	case "md", "detect": // which tells them apart by their names
		return form.Markdown, nil
	case "", "mdx":
		return form.MDX, nil
	}
	return form.MDX, ErrForm
}

// configuredFormat returns what is written as markdown.format; it is empty where
// nothing is.
func configuredFormat(config string) (format string, known bool) {
	for _, m := range markdownOption.FindAllStringSubmatchIndex(config, -1) {
		if m[4] < 0 {
			return "", false
		}
		for _, f := range formatOption.FindAllStringSubmatch(objectAt(config, m[4]), -1) {
			return f[1], f[1] != ""
		}
	}
	return "", true
}

// objectAt returns the text from a brace to the one that closes it.
func objectAt(text string, at int) string {
	open := 0
	for i, r := range text[at:] {
		switch r {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return text[at : at+i+1]
			}
		}
	}
	return text[at:]
}
