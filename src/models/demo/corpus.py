"""Turns generated documents into batches of token ids and loss weights."""

from typing import Callable

import numpy as np
import torch
from tokenizers import Tokenizer

import emphasis
from dice import Dice

Document = Callable[[Dice], str]


class Corpus:
    """An endless stream of documents drawn from weighted makers, packed into rows of `length` + 1 tokens."""

    def __init__(self, tokenizer: Tokenizer, mix: list[tuple[float, Document]], length: int, quiet_weight: float, seed: int,
                 one_per_row: bool):
        self.tokenizer, self.length, self.quiet_weight, self.one_per_row = tokenizer, length, quiet_weight, one_per_row
        self.shares = np.cumsum([share for share, _ in mix]) / sum(share for share, _ in mix)
        self.makers = [maker for _, maker in mix]
        self.marks = {mark: tokenizer.encode(mark).ids[0] for mark in (emphasis.RECALL, emphasis.QUIET, emphasis.PLAIN)}
        self.seed = seed
        self.drawn = 0
        self.waiting: tuple[np.ndarray, np.ndarray] | None = None  # a document that did not fit opens the next row

    def _document(self) -> tuple[np.ndarray, np.ndarray]:
        self.drawn += 1
        choice = np.random.default_rng((self.seed, self.drawn)).random()
        text = self.makers[int(np.searchsorted(self.shares, choice))](Dice(self.seed * 1_000_003 + self.drawn))
        ids = np.array(self.tokenizer.encode(text).ids, np.int64)
        ids, weights = emphasis.split(ids, self.marks, self.quiet_weight)
        weights[0] = 0.0  # nothing foretells the first token of a document
        return ids, weights

    def _row(self) -> tuple[np.ndarray, np.ndarray]:
        """Whole documents, so that no question is parted from its passage; only the last one may be cut."""
        parts = [self.waiting or self._document()]
        self.waiting = None
        room = self.length + 1 - len(parts[0][0])
        while room > 0:
            document = self._document()
            if len(document[0]) > room and self.waiting is None and not self.one_per_row:
                self.waiting = document
                continue
            parts.append(document)
            room -= len(document[0])
        ids, weights = (np.concatenate(column)[:self.length + 1] for column in zip(*parts))
        return ids, weights

    def batch(self, rows: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """inputs and targets [rows, length] int64, weights [rows, length] float32"""
        ids, weights = (np.stack(column) for column in zip(*(self._row() for _ in range(rows))))
        tensor = torch.from_numpy(ids)
        return tensor[:, :-1].contiguous(), tensor[:, 1:].contiguous(), torch.from_numpy(weights[:, 1:].copy())
