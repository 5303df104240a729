"""Reads pairs: checkpoints of training, and prediction folders as the engine reads them."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

import world
from export import network_from
from pair import Pair
from predictor import SIZES, Predictor, Sizes

FORMAT = "foretoken.prediction.v1"


def new_pair(size: str) -> Pair:
    return Pair(network_from(world.DEMO / "model"), SIZES[size])


def pair_from_checkpoint(checkpoint: Path) -> Pair:
    saved = torch.load(checkpoint, weights_only=False)
    pair = new_pair(saved["size"])
    pair.auxiliary.load_state_dict(saved["auxiliary"])
    pair.predictor.load_state_dict(saved["predictor"])
    return pair


def pair_from_folder(folder: Path) -> Pair:
    about = json.loads((folder / "prediction.json").read_text())
    if about["format"] != FORMAT:
        raise SystemExit(f"{folder}: format {about['format']}, expected {FORMAT}")
    reads = tuple(about["map"])
    pair = Pair(network_from(folder / about["base"]), Sizes(folder.name, tuple(range(max(reads) + 1)), reads))
    pair.auxiliary = network_from(folder / about["auxiliary"]["model"])
    weights = {name: weight.float() for name, weight in load_file(folder / about["predictor"]).items()}
    pair.predictor = Predictor(reads, pair.auxiliary.layers[0].kv_width, pair.base.layers[0].kv_width)
    pair.predictor.load_state_dict(weights)
    return pair
