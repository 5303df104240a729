"""Measures an exported model on the evaluation set: exact match by passage length and hops, held-out loss beside the grammar's entropy.

    python evaluate.py [--model model] [--every 1]
"""

import argparse
import gzip
import json
from collections import defaultdict
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import tokenizer as tokenizers_of_demo
from export import network_from
from network import rotary_table
from probe import Item, correct, share_with_interval

HERE = Path(__file__).parent
BUCKETS = [150, 250, 400, 600, 900, 1150, 1500]  # upper ends, in tokens of the passage


def lines(name: str) -> list[dict]:
    with gzip.open(HERE / "eval" / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def row(name: str, flags: list[bool]) -> str:
    share, low, high = share_with_interval(sum(flags), len(flags))
    return f"| {name} | {len(flags)} | {100 * share:.1f} | {100 * low:.1f} - {100 * high:.1f} |"


def exact_match_table(items: list[Item], flags: list[bool]) -> str:
    groups: dict[str, list[bool]] = defaultdict(list)
    for hops in (1, 2):
        for upper in BUCKETS:
            for item, flag in zip(items, flags):
                if item.hops == hops and min(b for b in BUCKETS if item.passage_tokens <= b) == upper:
                    groups[f"{'one hop' if hops == 1 else 'two hops'}, to {upper} tokens"].append(flag)
    for item, flag in zip(items, flags):
        groups[f"all, {item.kind}"].append(flag)
    groups["all"] = flags
    head = "| questions | items | exact match % | 95 % interval |\n|---|---|---|---|\n"
    return head + "\n".join(row(name, group) for name, group in groups.items())


@torch.no_grad()
def loss_table(network, rotary, tokenizer: Tokenizer) -> str:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for text in lines("texts.jsonl.gz"):
        ids = torch.tensor([tokenizer.encode("<|begin|>" + text["text"]).ids])
        logits = network(ids, *(table[:ids.shape[1]] for table in rotary))
        loss = F.cross_entropy(logits[0, :-1].float(), ids[0, 1:], reduction="sum").item()
        for key in (text["kind"], "all"):
            sums[key] = [a + b for a, b in zip(sums[key], (loss, text["nats"], ids.shape[1] - 1))]
    head = "| text | tokens | loss, nats per token | entropy of the grammar |\n|---|---|---|---|\n"
    return head + "\n".join(f"| {kind} | {tokens:.0f} | {loss / tokens:.4f} | {nats / tokens:.4f} |"
                            for kind, (loss, nats, tokens) in sums.items())


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", type=Path, default=HERE / "model")
    parser.add_argument("--every", type=int, default=1, help="ask only every n-th question")
    parser.add_argument("--threads", type=int, default=2, help="1 where other work shares the cores: waiting threads cost more")
    return parser


def report(network, every: int) -> None:
    table = rotary_table(network.shape, network.shape.context)
    own_tokenizer = tokenizers_of_demo.train()
    asked = [Item(**line) for line in lines("questions.jsonl.gz")][::every]
    print(exact_match_table(asked, correct(network, table, own_tokenizer, asked)))
    print()
    print(loss_table(network, table, own_tokenizer))


if __name__ == "__main__":
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(options.threads)
    report(network_from(options.model), options.every)
