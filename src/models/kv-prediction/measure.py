"""Exact match of greedy answers in predicted mode, found without generating, as the demo's probe.py finds the base's."""

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import world  # noqa: F401
from pair import Pair, Spans
from predictor import captured
from probe import Item


def batches(encoded: list[tuple[list[int], list[int]]], tokens_per_batch: int):
    """Indices of items of similar length, longest first."""
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i][0]) + len(encoded[i][1]))
    while order:
        longest = sum(len(part) for part in encoded[order[-1]])
        yield [order.pop() for _ in range(min(len(order), max(1, tokens_per_batch // longest)))]


def laid_out(encoded: list[tuple[list[int], list[int]]]) -> tuple[torch.Tensor, Spans, torch.Tensor]:
    """ids [rows, length], the spans of the answers and the token each place must foretell; padding stands on the right."""
    longest = -(-max(len(prompt) + len(answer) for prompt, answer in encoded) // 64) * 64
    count = max(len(answer) for _, answer in encoded)
    ids = np.zeros((len(encoded), longest), np.int64)
    places, starts = np.zeros((2, len(encoded), count), np.int64)
    there, wanted = np.zeros((len(encoded), count), bool), np.zeros((len(encoded), count), np.int64)
    for row, (prompt, answer) in enumerate(encoded):
        ids[row, :len(prompt) + len(answer)] = prompt + answer
        places[row, :len(answer)] = len(prompt) - 1 + np.arange(len(answer))
        starts[row] = len(prompt) - 1
        there[row, :len(answer)] = True
        wanted[row, :len(answer)] = answer
    spans = Spans(*(torch.from_numpy(each) for each in (places, starts, there)))
    return torch.from_numpy(ids), spans, torch.from_numpy(wanted)


@torch.no_grad()
def correct_predicted(pair: Pair, rotary, tokenizer: Tokenizer, items: list[Item], tokens_per_batch: int = 16384) -> list[bool]:
    """One flag per item, in order."""
    encoded = [(tokenizer.encode("<|begin|>" + i.prompt).ids, tokenizer.encode(" " + i.answer + "\n").ids) for i in items]
    flags = [False] * len(items)
    for batch in batches(encoded, tokens_per_batch):
        ids, spans, wanted = laid_out([encoded[i] for i in batch])
        cos, sin = (table[:ids.shape[1]] for table in rotary)
        with torch.autocast("cpu", torch.bfloat16):
            found, _ = captured(pair.auxiliary, F.embedding(ids, pair.auxiliary.embedding), cos, sin)
            hidden = pair.predicted_hidden(ids, pair.predictor(found), spans, cos, sin)
            best = F.linear(hidden, pair.base.embedding).argmax(-1)
        right = ((best == wanted) | ~spans.there).all(-1)
        for i, flag in zip(batch, right.tolist()):
            flags[i] = flag
    return flags
