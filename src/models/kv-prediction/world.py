"""Importing this puts the demo's recipes on the path: the pair shares its network, world, tokenizer, curriculum and evaluation set."""

import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parent.parent / "demo"
sys.path.insert(0, str(DEMO))
