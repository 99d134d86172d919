package generators

var generators = []generator{
	{
		page: "mkdocs",
		files: map[string]string{
			"mkdocs.yml":    "site_name: A site\nsite_url: ADDRESS/\ntheme:\n  name: material\n  font: false\n  features: [navigation.instant]\n",
			"docs/index.md": "# A site\n\nText.\n",
		},
		post: "docs/waves.md", other: "docs/tides.md",
		public: "site", base: "/blog/", postAt: "waves/", otherAt: "tides/",
		instant: `performance.getEntriesByType("resource").some(e => e.name.endsWith("/sitemap.xml") && e.responseEnd > 0)`,
		texts:   []string{"search/search_index.json"},
	},
	{
		page: "jekyll",
		files: map[string]string{
			// As GitHub Pages builds a site.
			"_config.yml": "title: A site\nurl: http://blog.example\nbaseurl: /blog\ntheme: minima\nshow_excerpts: true\nsafe: true\n" +
				"plugins: [jekyll-feed, jekyll-seo-tag]\nwhitelist: [jekyll-feed, jekyll-seo-tag]\n",
			"index.md": "---\nlayout: home\n---\n",
		},
		post: "_posts/2026-01-05-waves.md", other: "_posts/2026-01-06-tides.md",
		public: "_site", base: "/blog/", postAt: "2026/01/05/waves.html", otherAt: "2026/01/06/tides.html",
		texts: []string{"feed.xml", "index.html"},
	},
	sphinx("myst", generator{
		post: "waves.md", other: "tides.md", postAt: "waves.html", otherAt: "tides.html",
		link: table,
	}),
	sphinx("rst", generator{
		post: "swell.rst", other: "surf.rst", postAt: "swell.html", otherAt: "surf.html",
		link: ".. list-table::\n\n   * - In a table:\n     - " + tag,
	}),
	{
		page: "eleventy",
		files: map[string]string{
			"eleventy.config.mjs": "",
			"posts/posts.json":    `{ "tags": "posts" }`,
			"feed.njk": "---\npermalink: feed.xml\n---\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n{% for post in collections.posts %}" +
				"<entry><title>{{ post.data.title }}</title><content type=\"html\">{{ post.content | escape }}</content></entry>\n{% endfor %}</feed>\n",
		},
		post: "posts/waves.md", other: "posts/tides.md",
		public: "_site", base: "/", postAt: "posts/waves/", otherAt: "posts/tides/",
		texts: []string{"feed.xml"},
	},
	{
		page:  "docusaurus",
		files: map[string]string{"docusaurus.config.js": ""},
		post:  "blog/2026-01-05-waves.md", other: "blog/2026-01-06-tides.md",
		public: "build", base: "/", postAt: "2026/01/05/waves", otherAt: "2026/01/06/tides",
		instant: `document.documentElement.dataset.hasHydrated === "true"`,
		texts:   []string{"rss.xml"},
	},
}

// more are rows that make generators tries, and not each test.
var more = []generator{
	{
		page:  "astro",
		files: map[string]string{"astro.config.mjs": "export default {};\n"},
		node:  "22.23.5",
		post:  "src/pages/waves.md", other: "src/pages/tides.md",
		public: "dist", base: "/", postAt: "waves/", otherAt: "tides/",
	},
	{
		page:  "pelican",
		files: map[string]string{"pelicanconf.py": "SITENAME = 'A site'\nSITEURL = 'ADDRESS'\nAUTHOR = 'A'\nTIMEZONE = 'UTC'\n"},
		post:  "content/waves.md", other: "content/tides.md",
		public: "output", base: "/", postAt: "waves.html", otherAt: "tides.html",
		texts: []string{"feeds/all.atom.xml", "index.html"},
	},
	{
		page:  "zensical",
		files: map[string]string{"zensical.toml": "[project.theme]\nfont = false\n", "docs/index.md": "# A site\n\nText.\n"},
		post:  "docs/waves.md", other: "docs/tides.md",
		public: "site", base: "/", postAt: "waves/", otherAt: "tides/",
		texts: []string{"search.json"},
	},
	{
		page: "jupyter-book",
		files: map[string]string{
			"_config.yml": "title: A site\nexecute:\n  execute_notebooks: \"off\"\n",
			"_toc.yml":    "format: jb-book\nroot: index\nchapters:\n  - file: waves\n  - file: tides\n",
			"index.md":    "# A site\n\nText.\n",
		},
		post: "waves.md", other: "tides.md", link: table,
		own:    "THEBE_JS_URL",
		public: "_build/html", base: "/", postAt: "waves.html", otherAt: "tides.html",
		texts: []string{"searchindex.js"},
	},
	{
		page: "html",
		post: "waves.md", other: "tides.md",
		public: "public", base: "/", postAt: "waves.html", otherAt: "tides.html",
	},
}

// table is Markdown in which a tag becomes a link. Searches and sidebars of Sphinx show
// the HTML of headings.
const table = "| In a table |\n|---|\n| " + tag + " |"

// sphinx is a row for posts of one form.
func sphinx(form string, g generator) generator {
	g.page, g.form = "sphinx", form
	g.files = map[string]string{
		"conf.py":  "project = 'A site'\nextensions = ['myst_parser']\nhtml_theme = 'furo'\nexclude_patterns = ['_build']\n",
		"index.md": "# A site\n\n```{toctree}\n:glob:\n*\n```\n",
	}
	g.public, g.base, g.texts = "_build", "/", []string{"searchindex.js"}
	return g
}
