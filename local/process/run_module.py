"""Runs a module of the working directory as `python -m` does, until its parent ends: run_module.py MODULE [ARGUMENTS]."""

import os
import runpy
import sys

from exit_with_parent import exit_with_parent

# As -m has it: the working directory in place of this one.
sys.path[0] = os.getcwd()
del sys.argv[0]
exit_with_parent()
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
