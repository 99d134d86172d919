# Prints what repo2docker makes of each folder named on standard input:
# "config folder|build pack", or "!" when it gives up.
import logging
import os
import sys

from repo2docker.app import Repo2Docker

NAMES = {
    "DockerBuildPack": "docker", "JuliaProjectTomlBuildPack": "julia", "NixBuildPack": "nix",
    "RBuildPack": "r", "CondaBuildPack": "conda", "PipfileBuildPack": "pipfile", "PythonBuildPack": "python",
}
logging.disable(logging.CRITICAL)
packs = Repo2Docker().buildpacks
for line in sys.stdin:
    os.chdir(line.rstrip("\n"))
    try:
        for pack in packs:
            p = pack(base_image="base")
            if p.detect():
                if pack.__name__ == "JuliaRequireBuildPack":
                    raise RuntimeError("cannot be built")
                print(f"{p.binder_dir}|{NAMES[pack.__name__]}")
                break
        else:
            print(f"{p.binder_dir}|")
    except Exception:
        print("!")
