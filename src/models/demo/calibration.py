"""Writes texts to calibrate quantizers with: drawn as the last stage's quizzes and asides are, from seeds that neither training nor evaluation has.

    python calibration.py        (the same file every time)
"""

import re

from curriculum import ASIDES, HELD_OUT, mixed
from dice import Dice
from evalset import write

DOCUMENTS = 96
SPECIAL = re.compile("[\x01-\x03]|<\\|[a-z]+\\|>")


def texts() -> list[dict]:
    """Chats are left out: their turns are special tokens, which are no text. Every reader puts the begin token before a text."""
    quizzes = mixed(80, 1500)[0][1]
    makers = [quizzes, quizzes, *(maker for _, maker in ASIDES[:4])]
    return [{"text": SPECIAL.sub("", makers[n % len(makers)](Dice(4 * HELD_OUT + n))).strip()} for n in range(DOCUMENTS)]


if __name__ == "__main__":
    drawn = texts()
    write("calibration.jsonl.gz", drawn)
    print(len(drawn), "texts")
