"""Runs MiniStack, corrected, until its parent ends; its function workers are in its process group."""

import sys

from ministack import app

from leash import end_with_parent
from ministack_corrections import correct

correct()
end_with_parent()
sys.argv = ["ministack"]
app.main()
