"""Measures a pair on the demo's evaluation set: the base's exact answers, predicted ones without repair, and the auxiliary's alone.

    python evaluate_pair.py --pair lp-0.5 [--every 8]                      an exported folder
    python evaluate_pair.py --checkpoint FOLDER/checkpoint.pt [--every 8]  while training
    python evaluate_pair.py --fitted lp-0.5                                maps in closed form, nothing trained
"""

import argparse
from collections import defaultdict
from pathlib import Path

import torch
import torch.nn.functional as F

import world  # noqa: F401
import tokenizer as tokenizers_of_demo
from evaluate import BUCKETS, lines
from measure import correct_predicted
from network import rotary_table
from pair import Pair, Spans
from predictor import SIZES, captured
from probe import Item, correct, share_with_interval
from stored import pair_from_checkpoint, pair_from_folder
from train_pair import fitted_pair

MODES = ("base", "predicted", "auxiliary alone")


def cell(flags: list[bool]) -> str:
    share, low, high = share_with_interval(sum(flags), len(flags))
    return f"{100 * share:.1f} ({100 * low:.1f} - {100 * high:.1f})"


def table(items: list[Item], flags: dict[str, list[bool]]) -> str:
    groups: dict[str, list[int]] = defaultdict(list)
    for hops in (1, 2):
        for upper in BUCKETS:
            for i, item in enumerate(items):
                if item.hops == hops and min(b for b in BUCKETS if item.passage_tokens <= b) == upper:
                    groups[f"{'one hop' if hops == 1 else 'two hops'}, to {upper} tokens"].append(i)
    for i, item in enumerate(items):
        groups[f"all, {item.kind}"].append(i)
    groups["all"] = list(range(len(items)))
    head = f"| questions | items | {' | '.join(f'{mode}, exact match % (95 %)' for mode in flags)} |\n|---|---|{'---|' * len(flags)}\n"
    return head + "\n".join(f"| {name} | {len(group)} | " + " | ".join(cell([f[i] for i in group]) for f in flags.values()) + " |"
                            for name, group in groups.items() if group)


def verdict(flags: dict[str, list[bool]]) -> str:
    base, predicted, alone = (share_with_interval(sum(flags[mode]), len(flags[mode])) for mode in MODES)
    return (f"predicted keeps {100 * predicted[0] / base[0]:.1f} % of the base (lower bound {100 * predicted[1] / base[0]:.1f} %), the auxiliary "
            f"alone {100 * alone[0] / base[0]:.1f} %; recovered of the gap: {100 * (predicted[0] - alone[0]) / (base[0] - alone[0]):.1f} %")


@torch.no_grad()
def continuation_losses(pair: Pair, rotary, ids: torch.Tensor) -> list[float]:
    """Nats of the second half of a text after its first half as the prompt, in the order of MODES."""
    length = ids.shape[1]
    half = length // 2
    cos, sin = (each[:length] for each in rotary)
    places = torch.arange(half - 1, length - 1)[None]
    spans = Spans(places, torch.full_like(places, half - 1), torch.ones_like(places, dtype=torch.bool))
    foretold = pair.predictor(captured(pair.auxiliary, F.embedding(ids, pair.auxiliary.embedding), cos, sin)[0])
    logits = [pair.base(ids, cos, sin)[0, half - 1:-1],
              F.linear(pair.predicted_hidden(ids, foretold, spans, cos, sin), pair.base.embedding)[0],
              pair.auxiliary(ids, cos, sin)[0, half - 1:-1]]
    return [F.cross_entropy(each, ids[0, half:], reduction="sum").item() for each in logits] + [length - half]


def loss_table(pair: Pair, rotary, tokenizer, every: int) -> str:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    for text in lines("texts.jsonl.gz")[::every]:
        found = continuation_losses(pair, rotary, torch.tensor([tokenizer.encode("<|begin|>" + text["text"]).ids]))
        for key in (text["kind"], "all"):
            sums[key] = [a + b for a, b in zip(sums[key], found)]
    head = f"| second half of a | tokens | {' | '.join(f'{mode}, nats per token' for mode in MODES)} |\n|---|---|---|---|---|\n"
    return head + "\n".join(f"| {kind} | {tokens:.0f} | " + " | ".join(f"{loss / tokens:.3f}" for loss in losses) + " |"
                            for kind, (*losses, tokens) in sums.items())


def answers(pair: Pair, rotary, tokenizer, items: list[Item]) -> dict[str, list[bool]]:
    return {"base": correct(pair.base, rotary, tokenizer, items), "predicted": correct_predicted(pair, rotary, tokenizer, items),
            "auxiliary alone": correct(pair.auxiliary, rotary, tokenizer, items)}


def report(pair: Pair, every: int) -> None:
    rotary, tokenizer = rotary_table(pair.base.shape, pair.base.shape.context), tokenizers_of_demo.train()
    items = [Item(**line) for line in lines("questions.jsonl.gz")][::every]
    flags = answers(pair, rotary, tokenizer, items)
    print(table(items, flags), verdict(flags), loss_table(pair, rotary, tokenizer, every), sep="\n\n")


def chosen(options: argparse.Namespace) -> Pair:
    if options.checkpoint:
        return pair_from_checkpoint(options.checkpoint)
    return fitted_pair(options.fitted) if options.fitted else pair_from_folder(options.pair)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--pair", type=Path)
    which.add_argument("--checkpoint", type=Path)
    which.add_argument("--fitted", choices=SIZES)
    parser.add_argument("--every", type=int, default=1, help="ask only every n-th question and read only every n-th text")
    parser.add_argument("--threads", type=int, default=2, help="1 where other work shares the cores: waiting threads cost more")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    report(chosen(given), given.every)
