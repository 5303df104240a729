"""Importing this puts the demo's recipes on the path: the family shares its world, tokenizer, curriculum and evaluation set."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "demo"))
