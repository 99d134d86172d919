"""Starts the app together with the Jupyter server."""

import os
from subprocess import Popen


def _jupyter_server_extension_points():
    return [{"module": "bokehserverextension"}]


def _load_jupyter_server_extension(server_app):
    # Behind the proxy the page cannot get its scripts from Bokeh itself.
    environment = {**os.environ, "BOKEH_RESOURCES": "cdn"}
    Popen(
        ["bokeh", "serve", "tide-table", "--port=5006", "--allow-websocket-origin=*"],
        env=environment,
    )
