"""Marks inside training text that say how much each token counts in the loss; they never reach the model."""

import numpy as np

# Three control characters. Each is one byte token of its own wherever it stands, and no generated text contains them.
RECALL, QUIET, PLAIN = "\x01", "\x02", "\x03"
RECALL_WEIGHT = 4.0


def recalled(text: str, words: tuple[str, ...]) -> str:
    """Puts the recall mark before each part of the words, which only an earlier sentence can tell."""
    for word in words:
        marked = "".join(RECALL + " " + part for part in word.split())
        text = text.replace(" " + word, marked)
    return text


def split(ids: np.ndarray, marks: dict[str, int], quiet_weight: float) -> tuple[np.ndarray, np.ndarray]:
    """ids with marks -> ids without marks and one weight per id."""
    is_recall = ids == marks[RECALL]
    switch = np.where(ids == marks[QUIET], 1, np.where(ids == marks[PLAIN], -1, 0))
    quiet = np.cumsum(switch) > 0
    weights = np.where(quiet, quiet_weight, 1.0).astype(np.float32)
    weights[1:][is_recall[:-1]] = RECALL_WEIGHT
    keep = ~is_recall & (switch == 0)
    return ids[keep], weights[keep]
