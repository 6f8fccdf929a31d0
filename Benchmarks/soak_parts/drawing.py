"""Has the plot drawn, in a virtual environment of its own: nothing else here needs packages."""

import os
import pathlib
import subprocess
import sys

from rig import ROOT

HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = HERE.parent / "requirements.txt"
VENV = ROOT / (os.environ.get("BUILD_DIR") or ".build") / "bench-venv"


def need_environment():
    """Makes the environment, or makes it anew when requirements.txt or the Python version changed."""
    stamp = VENV / ".requirements"
    wanted = sys.version + REQUIREMENTS.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    subprocess.run([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "-r", REQUIREMENTS], check=True)
    stamp.write_text(wanted)


def draw(figures, picture):
    """Draws the run that a JSON file holds."""
    subprocess.run([VENV / "bin/python", HERE / "plot.py", figures, picture], check=True,
                   env=os.environ | {"MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"})
