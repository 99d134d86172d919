"""Prints what is to be known of the Python that runs this, as JSON."""
import importlib.util
import json
import os
import platform
import site
import sys
import sysconfig

try:
    sites = list(site.getsitepackages())
except AttributeError:  # virtualenv before release 20 had a site of its own
    sites = [sysconfig.get_path("purelib")]
scripts = [os.path.dirname(sys.executable), sysconfig.get_path("scripts")]
data = [sys.prefix]
if site.ENABLE_USER_SITE:
    sites.append(site.getusersitepackages())
    scripts.append(os.path.join(site.getuserbase(), "bin"))
    data.append(site.getuserbase())
print(json.dumps({
    "prefix": sys.prefix,
    "base": getattr(sys, "base_prefix", sys.prefix),
    "executable": sys.executable,
    "version": platform.python_version(),
    "sites": sites,
    "scripts": scripts,
    "data": data,
    "pip": importlib.util.find_spec("pip") is not None,
}))
