export default {
  "again": "Try again",
  "altered": [
    "The hub does not understand this browser",
    "An extension may be in the way. Use Launch on Binder."
  ],
  "app": [
    "The server runs, but the app does not answer",
    "It may need longer. Try again."
  ],
  "banned": [
    "The hub does not launch this repository",
    "Tell the author of this page."
  ],
  "bot": [
    "The hub takes this browser for a bot",
    "Use another browser."
  ],
  "build": [
    "The build failed",
    "The build log says why. Tell the author of this page."
  ],
  "cancel": "Cancel",
  "cancelled": [
    "Cancelled",
    "The hub may go on building."
  ],
  "copied": "Copied",
  "copy": "Copy",
  "cut": [
    "The hub stopped answering",
    "Try again; the build may go on."
  ],
  "down": [
    "The hub cannot be reached",
    "It or your connection is down. Try again later."
  ],
  "elapsed": "Time so far",
  "ended": [
    "The session has ended",
    "What was done there is gone. A new server starts anew."
  ],
  "failed": [
    "The hub could not launch it",
    "Try again, or use Launch on Binder."
  ],
  "full": [
    "The hub is full",
    "Try again in a few minutes."
  ],
  "fullscreen": "Full screen",
  "garbled": [
    "The hub's answer is not understood",
    "Use Launch on Binder."
  ],
  "gone": [
    "The build cannot be reached any more",
    "Trying again starts it anew."
  ],
  "jupyter": "Jupyter",
  "launch": "Launch on Binder",
  "lost": [
    "The connection was lost",
    "A build or a server may have begun. Trying again can start a second one."
  ],
  "maintenance": [
    "The hub is being maintained",
    "Try again later."
  ],
  "network": [
    "The hub refuses your network",
    "Most clouds and VPNs are refused. Try again without one."
  ],
  "new_tab": "(opens in a new tab)",
  "other": "Run on {hub}",
  "paused": [
    "Paused",
    "The page was in the background for ten minutes."
  ],
  "phase_building": "Building the image",
  "phase_built": "The image is ready",
  "phase_connecting": "Asking the hub",
  "phase_fetching": "Fetching the repository",
  "phase_launching": "Starting the server",
  "phase_opening": "Opening the app",
  "phase_pushing": "Storing the image",
  "phase_reconnecting": "Connection lost, trying again",
  "phase_waiting": "Waiting for the build to start",
  "policy": [
    "This page does not allow the hub",
    "Use Launch on Binder, and tell the author of this page."
  ],
  "progress": "Progress",
  "rate": [
    "Too many launches from your network",
    "Wait, or use Launch on Binder, which is not counted."
  ],
  "rate_wait": "It asks for a pause of {time}.",
  "ref": [
    "The hub does not find this version of the repository",
    "It may be private or gone, or have lost this commit. Tell the author of this page."
  ],
  "refused": [
    "The hub does not answer this page",
    "It may refuse it, be overloaded or be cut off; that cannot be told apart. Try again, or use Launch on Binder."
  ],
  "restart": "Restart",
  "resume": "Resume",
  "running": "Running",
  "slow": [
    "It takes too long",
    "Try again, or use Launch on Binder."
  ],
  "spawn": [
    "The server did not start",
    "Try again, or use Launch on Binder."
  ],
  "start_again": "Start again",
  "step_build": "Build",
  "step_prepare": "Prepare",
  "step_start": "Start",
  "stop": "Stop",
  "stopped": [
    "Stopped",
    "A new server starts anew."
  ],
  "tab": "New tab",
  "toggle": "Build log",
  "unsafe": [
    "The hub gave an address that is not safe to open",
    "Use Launch on Binder, and tell the author of this page."
  ],
  "users": [
    "Too many people are running this repository",
    "Try again in a few minutes."
  ]
};
