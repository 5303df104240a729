"""Cuts rows of training text into prompts and answers."""

import numpy as np
import torch

from pair import Spans

TELLING = 0.99  # loss weights from here on belong to answers and to texts, those below to passages and questions
SHORT, LONG = 12, 40  # tokens of a span inside a text without questions, and of the gap before it


def runs(telling: np.ndarray) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], telling.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist()))


def cut(inputs: np.ndarray, weights: np.ndarray, assistant: int, dice: np.random.Generator) -> list[tuple[int, int]]:
    """Spans of one row: input tokens [begin, end), whose targets the base must foretell.

    An answer is a run of telling targets and the token after it (the line break). In a chat the run opens with the tokens of the turn;
    the span then begins at the assistant's mark. A longer run is a text, in which spans stand at random.
    """
    spans = []
    for begin, end in runs(weights >= TELLING):
        marks = begin + np.flatnonzero(inputs[begin:end] == assistant)
        if len(marks) == 1:
            begin = int(marks[0])
        if end - begin <= LONG:
            spans.append((begin, min(end + 1, len(inputs))))
            continue
        at = begin + int(dice.integers(1, LONG))
        while at < end:
            until = min(at + int(dice.integers(SHORT, LONG)), end)
            spans.append((at, until))
            at = until + int(dice.integers(1, LONG))
    return spans


def spans_of(inputs: torch.Tensor, weights: torch.Tensor, assistant: int, count: int, dice: np.random.Generator) -> Spans:
    """Random spans of every row, as many as fit into `count` places."""
    shape = (inputs.shape[0], count)
    places, starts, there = torch.zeros(shape, dtype=torch.long), torch.full(shape, -1), torch.zeros(shape, dtype=torch.bool)
    for row in range(inputs.shape[0]):
        spans = cut(inputs[row].numpy(), weights[row].numpy(), assistant, dice)
        at = 0
        for i in dice.permutation(len(spans)):
            begin, end = spans[i][0], min(spans[i][1], spans[i][0] + count - at)
            places[row, at:at + end - begin] = torch.arange(begin, end)
            starts[row, at:at + end - begin] = begin
            there[row, at:at + end - begin] = True
            at += end - begin
    return Spans(places, starts, there)
