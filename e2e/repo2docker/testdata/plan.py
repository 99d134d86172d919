# Prints as JSON what repo2docker makes of each folder named on standard input:
# its configuration folder, build pack, the server's Python, and which files the
# Dockerfile that it renders uses; or that it gives up. Nothing is built, and
# what it would ask of the network is answered here.
import json
import logging
import os
import sys
import warnings

from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import JuliaProjectTomlBuildPack, RBuildPack

NAMES = {
    "DockerBuildPack": "docker", "JuliaProjectTomlBuildPack": "julia", "NixBuildPack": "nix",
    "RBuildPack": "r", "CondaBuildPack": "conda", "PipfileBuildPack": "pipfile", "PythonBuildPack": "python",
}
RBuildPack.get_rspm_snapshot_url = lambda self, date, max_days_prior=7: "https://example.org/r"
JuliaProjectTomlBuildPack.all_julias = ["1.6.7", "1.10.0"]


def used(pack, name, text):
    """The files that stand in what is rendered."""
    at = pack.binder_path
    marks = {
        "environment.yml": f'--file "{at("environment.yml")}"',
        "environment.yaml": f'--file "{at("environment.yaml")}"',
        "requirements.txt": f'-r "{at("requirements.txt")}"',
        "requirements3.txt": f'-r "{at("requirements3.txt")}"',
        "Pipfile": "--skip-lock",
        "Pipfile.lock": "--ignore-pipfile",
        "setup.py": "install --no-cache-dir .",
        "install.R": f"--no-environ {at('install.R')}",
        "DESCRIPTION": "remotes::install_local()",
        "default.nix": f"nix-shell {at('default.nix')}",
        "apt.txt": "apt-marker",
    }
    out = [f for f, mark in marks.items() if mark in text and os.path.exists(at(f))]
    out += [os.path.basename(f) for f in pack.get_post_build_scripts()]
    start = at("start")
    if os.path.exists(start) and (name == "nix" or pack.get_start_script()):
        out.append("start")
    return sorted(at(f) for f in out)


def plan(packs):
    for cls in packs:
        pack = cls(base_image="base")
        pack.platform = "linux/amd64"
        if not pack.detect():
            continue
        name = NAMES.get(cls.__name__)
        if not name:
            raise RuntimeError("cannot be built")
        if name == "docker":
            return {"dir": pack.binder_dir, "pack": name, "used": [pack.binder_path("Dockerfile")]}
        text = pack.render()
        answer = {"dir": pack.binder_dir, "pack": name, "used": used(pack, name, text)}
        if name != "nix":
            answer["python"] = pack.major_pythons["3"] if pack.separate_kernel_env else pack.python_version
            answer["kernel"] = pack.python_version if pack.separate_kernel_env else ""
        return answer
    return {"dir": pack.binder_dir, "pack": ""}


warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
packs = Repo2Docker().buildpacks
for line in sys.stdin:
    os.chdir(line.rstrip("\n"))
    try:
        answer = plan(packs)
    except Exception as e:
        answer = {"error": f"{type(e).__name__}: {e}"[:300]}
    print(json.dumps(answer))
