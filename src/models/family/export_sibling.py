"""Writes a sibling's checkpoint as a Hugging Face directory and proves that transformers computes the same logits from it.

    python export_sibling.py --name moe --checkpoint FOLDER/checkpoint.pt [--to moe]
"""

import argparse
from pathlib import Path

import torch

import world  # noqa: F401
from export import prove
from formats import read, write
from siblings import SIBLINGS

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", choices=SIBLINGS, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--to", type=Path, help="the folder of that name beside this file, if not given")
    options = parser.parse_args()
    folder = options.to or Path(__file__).resolve().parent / options.name
    trained = SIBLINGS[options.name]()
    trained.load_state_dict(torch.load(options.checkpoint, weights_only=False)["network"])
    write(trained, folder)
    prove(folder, read(folder))
