"""Reads reStructuredText, a JSON text a line, and prints what docutils and Sphinx make of
it. Sphinx builds one site of them all, in a folder."""
import json
import pathlib
import sys

from docutils.core import publish_parts

settings = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "doctitle_xform": False, "docinfo_xform": False, "_disable_config": True}
texts = [json.loads(line) for line in sys.stdin]
docutils = [publish_parts(text, writer="html5", settings_overrides=settings)["body"] for text in texts]

from sphinx.application import Sphinx  # noqa: E402  it changes what docutils does

folder = pathlib.Path(sys.argv[1])
source, built = folder / "source", folder / "built"
source.mkdir()
(source / "conf.py").write_text("")
(source / "index.rst").write_text("Index\n=====\n\n.. toctree::\n   :glob:\n\n   *\n")
for i, text in enumerate(texts):
    (source / f"p{i}.rst").write_text(text, encoding="utf-8", newline="")
Sphinx(source, source, built, folder / "trees", "json", status=None, warning=None).build()
for i, body in enumerate(docutils):
    print(json.dumps([body, json.loads((built / f"p{i}.fjson").read_text(encoding="utf-8"))["body"]]))
