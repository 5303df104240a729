"""Exact match of greedy answers, found without generating: greedy decoding gives the answer iff every answer token is the argmax."""

from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer


@dataclass(frozen=True)
class Item:
    """One evaluation item: the model must continue `prompt` with a space, `answer` and a line break."""

    prompt: str
    answer: str
    hops: int
    passage_tokens: int
    kind: str


@torch.no_grad()
def correct(network, rotary, tokenizer: Tokenizer, items: list[Item], tokens_per_batch: int = 16384) -> list[bool]:
    """One flag per item, in order. Items of similar length are read together, padded on the right."""
    encoded = [(tokenizer.encode("<|begin|>" + i.prompt).ids, tokenizer.encode(" " + i.answer + "\n").ids) for i in items]
    order = sorted(range(len(items)), key=lambda i: len(encoded[i][0]) + len(encoded[i][1]))
    flags = [False] * len(items)
    while order:
        longest = len(encoded[order[-1]][0]) + len(encoded[order[-1]][1])
        batch = [order.pop() for _ in range(min(len(order), max(1, tokens_per_batch // longest)))]
        longest = -(-longest // 64) * 64
        ids = np.zeros((len(batch), longest), np.int64)
        for row, i in enumerate(batch):
            prompt, answer = encoded[i]
            ids[row, :len(prompt) + len(answer)] = prompt + answer
        cos, sin = rotary
        with torch.autocast("cpu", torch.bfloat16):
            best = network(torch.from_numpy(ids), cos[:longest], sin[:longest]).argmax(-1).numpy()
        for row, i in enumerate(batch):
            prompt, answer = encoded[i]
            start = len(prompt) - 1
            flags[i] = bool((best[row, start:start + len(answer)] == answer).all())
    return flags


def share_with_interval(hits: int, count: int) -> tuple[float, float, float]:
    """The share and its 95 % Wilson interval."""
    if count == 0:
        return float("nan"), 0.0, 1.0
    share, z = hits / count, 1.959964
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return share, max(0.0, centre - half), min(1.0, centre + half)
