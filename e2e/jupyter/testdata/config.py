"""Tells what Jupyter's server makes of configurations.

Reads names of folders, one a line, and prints a line of JSON for each. A
folder has home, env, local and etc: the user's home, and what is laid out in
the environment, in /usr/local/etc and in /etc.
"""
import json
import logging
import os
import sys

import jupyter_core.paths as paths
from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp
from jupyter_server_proxy.config import ServerProxy
from traitlets.config.loader import LazyConfigValue


def get(config, section, name):
    value = config.get(section, {}).get(name)
    return value.get_value({}) if isinstance(value, LazyConfigValue) else value


for line in sys.stdin:
    root = line.rstrip("\n")
    os.environ["HOME"] = os.path.join(root, "home")
    paths.ENV_CONFIG_PATH = [os.path.join(root, "env", "etc", "jupyter")]
    paths.SYSTEM_CONFIG_PATH = [os.path.join(root, "local", "jupyter"), os.path.join(root, "etc", "jupyter")]
    for app in (ServerApp, LabApp):
        app.clear_instance()
    app = LabApp.make_serverapp(jpserver_extensions={"jupyterlab": True})
    app.log.setLevel(logging.CRITICAL)
    asked = app.jpserver_extensions.copy()
    out = {}
    try:
        app.parse_command_line(["--log-level=CRITICAL"])
        app.load_config_file()
        app.jpserver_extensions.update(asked)
        app.find_server_extensions()
        out["extensions"] = dict(app.jpserver_extensions)
        # Only the applications that are there are linked: the others are names.
        app.jpserver_extensions = {k: v for k, v in app.jpserver_extensions.items() if k in ("jupyterlab", "notebook")}
        app.init_server_extensions()
        out["servers"] = {
            name: {k: v for k, v in (get(app.config, "ServerProxy", "servers") or {})[name].items()}
            for name in (get(app.config, "ServerProxy", "servers") or {})
        }
        out["cookies"] = get(app.config, "IdentityProvider", "cookie_options")
        out["tornado"] = get(app.config, "ServerApp", "tornado_settings")
    except (Exception, SystemExit) as e:  # the server would not start
        out = {"error": repr(e)}
    print(json.dumps(out), flush=True)
