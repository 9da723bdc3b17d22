"""Runs MiniStack, corrected, until its parent ends; its function workers are in its process group."""

import sys
from pathlib import Path

from ministack import app

from corrections import correct

sys.path.append(str(Path(__file__).parent.parent / "process"))
from exit_with_parent import exit_with_parent  # noqa: E402

correct()
exit_with_parent()
sys.argv = ["ministack"]
app.main()
