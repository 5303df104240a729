"""Writes a trained pair as a prediction folder: the auxiliary as a Hugging Face directory, the maps, and prediction.json.

    python export_pair.py --checkpoint FOLDER/checkpoint.pt --to lp-0.5
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

import world
import tokenizer as tokenizers_of_demo
from curriculum import items_of
from export import config, named_weights
from measure import correct_predicted
from network import rotary_table
from pair import Pair
from predictor import SIZES
from probe import correct
from stages import GATE
from stored import FORMAT, pair_from_checkpoint, pair_from_folder

TEXT = "quizzes, chats, stories, sums, lists and scenery of the demo's made world, drawn by its recipes"


def write_auxiliary(pair: Pair, folder: Path) -> None:
    """config.json and the weights; its tokenizer is the base's."""
    folder.mkdir(parents=True, exist_ok=True)
    base = json.loads((world.DEMO / "model" / "config.json").read_text())
    ends = {name: base[name] for name in ("bos_token_id", "eos_token_id")}
    (folder / "config.json").write_text(json.dumps(config(pair.auxiliary.shape) | ends, indent=2) + "\n")
    save_file(named_weights(pair.auxiliary), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)


def write(pair: Pair, folder: Path, facts: dict[str, str]) -> None:
    write_auxiliary(pair, folder / "auxiliary")
    maps = {name: weight.detach().to(torch.bfloat16).contiguous() for name, weight in pair.predictor.state_dict().items()}
    save_file(maps, folder / "predictor.safetensors", metadata={"format": "pt"})
    (folder / "predictor.safetensors").chmod(0o644)
    about = {"format": FORMAT, "kind": "lp-trained", "base": "../../demo/model", "auxiliary": {"model": "auxiliary"},
             "map": list(pair.sizes.reads), "predictor": "predictor.safetensors", "text": TEXT, "facts": facts}
    (folder / "prediction.json").write_text(json.dumps(about, indent=2) + "\n")


def facts_of(checkpoint: Path) -> dict[str, str]:
    saved = torch.load(checkpoint, weights_only=False)
    return {"taken layers": ", ".join(map(str, SIZES[saved["size"]].taken)), "tokens": str(saved["tokens"]), "last stage": saved["stage"]}


def compare(trained: Pair, written: Pair, count: int) -> None:
    """Answers to fresh questions before and after rounding to BF16."""
    rotary, tokenizer = rotary_table(trained.base.shape, trained.base.shape.context), tokenizers_of_demo.train()
    for name, lesson in GATE.items():
        items = items_of(lesson, count, 7_000_000, name)
        for title, pair in (("trained", trained), ("written", written)):
            predicted = sum(correct_predicted(pair, rotary, tokenizer, items)) / count
            alone = sum(correct(pair.auxiliary, rotary, tokenizer, items)) / count
            print(f"{name}, {title}: predicted {predicted:.3f}, auxiliary alone {alone:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=80, help="of each length, asked before and after rounding")
    options = parser.parse_args()
    learned = pair_from_checkpoint(options.checkpoint)
    write(learned, options.to, facts_of(options.checkpoint))
    compare(learned, pair_from_folder(options.to), options.questions)
