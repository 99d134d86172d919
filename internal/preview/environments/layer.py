"""Lays this environment over another: what is not installed here is imported
from there. It runs each time that Python starts."""
import os
import site
import sys

SITES, SOURCE, COPY = @DATA@


def here(place):
    """Returns a path in the author's folder, however it is written, as one in the
    copy."""
    if not place:
        return place
    folder, below = os.path.realpath(place), ""
    while True:
        if same(folder, SOURCE):
            return os.path.join(COPY, below) if below else COPY
        up, name = os.path.split(folder)
        if up == folder:
            return place
        folder, below = up, os.path.join(name, below) if below else name


def same(a, b):
    try:
        return os.path.samefile(a, b)
    except OSError:
        return False


def install():
    before = set(sys.modules)
    for folder in SITES:
        site.addsitedir(folder)
    # A package that is installed as editable is imported from the author's
    # folder; the server is to have the copy's.
    sys.path[:] = [here(place) for place in sys.path]
    for name in set(sys.modules) - before:
        mapping = getattr(sys.modules[name], "MAPPING", None)
        if name.startswith("__editable__") and isinstance(mapping, dict):
            for package, place in mapping.items():
                mapping[package] = here(place)


install()
