"""Prints which packages are installed, and which of the environment markers on
standard input are true here, as JSON."""
import json
import sys

try:
    from importlib.metadata import distributions
except ImportError:
    from importlib_metadata import distributions
try:
    from packaging.markers import Marker
except ImportError:
    try:
        from pip._vendor.packaging.markers import Marker
    except ImportError:
        Marker = None


def holds(text):
    try:
        return Marker is None or Marker(text).evaluate({"extra": ""})
    except Exception:
        return True


installed = {}
for d in distributions():
    name = d.metadata["Name"]
    if name and name not in installed:  # the first is what is imported
        installed[name] = d.version
print(json.dumps({"installed": installed, "markers": {m: bool(holds(m)) for m in json.load(sys.stdin)}}))
