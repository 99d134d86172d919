"""Reads badges, a list of JSON a line (Markdown, MyST, reStructuredText), and prints
what each reader makes of them."""
import json
import sys

import markdown
from docutils.core import publish_parts
from myst_parser.parsers.docutils_ import Parser

settings = {"report_level": 5, "myst_suppress_warnings": ["myst"]}

for line in sys.stdin:
    text, myst, rst = json.loads(line)
    print(json.dumps({
        "python-markdown": markdown.markdown(text, extensions=["extra"]),
        "MyST": publish_parts(myst, parser=Parser(), writer="html5", settings_overrides=settings)["fragment"],
        "docutils": publish_parts(rst, writer="html5", settings_overrides=settings)["fragment"],
    }))
