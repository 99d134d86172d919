# Prints as JSON, for each folder named on standard input, what pip's own parser
# takes from the folder's requirements.txt: each requirement with its place,
# whether its condition is met on Linux with Python 3.10, and what it is taken
# from; or that pip gives up. Nothing is installed.
import json
import logging
import os
import sys

import pip
from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements
from pip._internal.utils.misc import is_installable_dir
from pip._vendor.packaging import markers
from pip._vendor.packaging.utils import canonicalize_name

ENVIRONMENT = {
    "implementation_name": "cpython", "implementation_version": "3.10.18", "os_name": "posix",
    "platform_machine": "x86_64", "platform_release": "6.1", "platform_system": "Linux", "platform_version": "1",
    "python_full_version": "3.10.18", "platform_python_implementation": "CPython", "python_version": "3.10",
    "sys_platform": "linux",
}
markers.default_environment = lambda: dict(ENVIRONMENT)


def one(parsed):
    r = install_req_from_parsed_requirement(parsed, user_supplied=True)
    met = r.match_markers()
    if r.link is not None and r.link.is_file and not r.constraint:
        # pip looks at it as soon as it installs.
        path = r.link.file_path
        if not (is_installable_dir(path) if os.path.isdir(path) else os.path.exists(path)):
            raise ValueError(f"nothing to install at {path}")
    file, _, line = parsed.comes_from[3:].rpartition(" (line ")
    name, specs, url, extras = "", [], "", []
    if r.req is not None:
        name = canonicalize_name(r.req.name)
        specs = sorted(str(s) for s in r.req.specifier)
    if r.link is not None:
        url = "yes"
    return {
        "file": os.path.relpath(file), "line": int(line.rstrip(")")), "name": name, "specs": specs, "url": url,
        "constraint": r.constraint, "met": bool(met),
    }


def read():
    return [one(p) for p in parse_requirements("requirements.txt", session=session)]


assert pip.__version__ == sys.argv[1], pip.__version__
logging.disable(logging.CRITICAL)
session = PipSession()
for line in sys.stdin:
    os.chdir(line.rstrip("\n"))
    try:
        answer = {"list": read()}
    except Exception as e:
        answer = {"error": f"{type(e).__name__}: {e}"[:300]}
    print(json.dumps(answer))
