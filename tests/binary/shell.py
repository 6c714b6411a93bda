"""Runs shell commands as a reader would type them: at the root of the sources, with guichet on the path."""
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What commands of pages and recipes may look at; everything else they see is an empty folder of their own.
SHOWN = ("procedures", "samples", "mappings", "docs")


def run(guichet: str, script: str) -> subprocess.CompletedProcess:
    """The script's output, errors among it, and the exit code of its last command."""
    with tempfile.TemporaryDirectory() as folder:
        for name in SHOWN:
            if (ROOT / name).exists():
                os.symlink(ROOT / name, pathlib.Path(folder) / name)
        path = f"{pathlib.Path(guichet).resolve().parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "LC_ALL": "C"}
        return subprocess.run(["sh", "-eu"], input=script, cwd=folder, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False)
