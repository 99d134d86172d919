"""Reads Markdown, a JSON text a line, and prints what each reader makes of it."""
import json
import sys

import jinja2
import markdown
from markdown_it import MarkdownIt
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from markdown_it.renderer import RendererHTML

extensions = [
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "meta", "smarty", "tables", "toc", "wikilinks",
    "pymdownx.arithmatex", "pymdownx.betterem", "pymdownx.blocks.admonition", "pymdownx.caret", "pymdownx.critic",
    "pymdownx.details", "pymdownx.emoji", "pymdownx.escapeall", "pymdownx.highlight", "pymdownx.inlinehilite",
    "pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark", "pymdownx.progressbar", "pymdownx.smartsymbols",
    "pymdownx.snippets", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde",
]
syntax = [
    "amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist", "html_image",
    "replacements", "smartquotes", "strikethrough", "substitution", "tasklist",
]
myst = create_md_parser(MdParserConfig(enable_extensions=syntax), RendererHTML)
plain = MarkdownIt("commonmark", {"typographer": True, "html": True}).enable(["replacements", "smartquotes", "table", "strikethrough"])

for line in sys.stdin:
    text = json.loads(line)
    print(json.dumps({
        "python-markdown": markdown.markdown(text, extensions=["extra"]),
        "pymdownx": markdown.markdown(text, extensions=extensions),
        "markdown-it behind Jinja": plain.render(jinja2.Template(text).render()),
        "MyST": myst.render(text),
    }))
