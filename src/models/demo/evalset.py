"""Writes the evaluation set: questions by passage length, and held-out texts with their exact information content.

    python evalset.py            (the same files every time)
"""

import gzip
import json
import math
import re
from pathlib import Path

import drills
from curriculum import HELD_OUT, TEXT_SHARES
from dice import Dice
from passages import questions
from probe import Item
from scenery import scenery_text
from sizes import sized_passage, tokens_in
from stories import story

FOLDER = Path(__file__).parent / "eval"
LENGTHS = [100, 200, 300, 500, 750, 1000, 1250, 1500]
PASSAGES_PER_LENGTH, QUESTIONS_PER_PASSAGE = 36, 12
TEXTS_PER_KIND = 100
KINDS = ["held-out-names", "seen-names", "close-names"]


def items() -> list[Item]:
    """A third of the passages each with seen, held-out and close names; half of the questions have two hops."""
    made = []
    for length in LENGTHS:
        for n in range(PASSAGES_PER_LENGTH):
            dice = Dice(2 * HELD_OUT + length * 1000 + n)
            kind = KINDS[n % len(KINDS)]
            text, told = sized_passage(dice, length - dice.between(0, length // 10), kind == "held-out-names", kind == "close-names")
            half = QUESTIONS_PER_PASSAGE // 2
            asked = questions(dice, told, half, 0.0) + questions(dice, told, half, 1.0)
            for question in dict.fromkeys(asked):
                made.append(Item(f"{text}\nQuestion: {question.text}\nAnswer:", question.answer, question.hops, tokens_in(text), kind))
    return made


def texts() -> list[dict]:
    """`nats` is -log p(text) under the grammar, the choice of the kind of document included."""
    made = []
    makers = {"story": story, "sums": drills.sums, "list": drills.listing, "scenery": scenery_text}
    for k, (kind, maker) in enumerate(makers.items()):
        for n in range(TEXTS_PER_KIND):
            dice = Dice(3 * HELD_OUT + k * 1000 + n)
            text = re.sub("[\x01-\x03]", "", maker(dice))
            made.append({"text": text, "kind": kind, "nats": round(dice.nats - math.log(TEXT_SHARES[kind]), 4)})
    return made


def write(name: str, rows: list[dict]) -> None:
    FOLDER.mkdir(exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    with (FOLDER / name).open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:  # no name or time: equal bytes each run
        file.write(lines.encode())


if __name__ == "__main__":
    asked = [vars(item) for item in items()]
    write("questions.jsonl.gz", asked)
    write("texts.jsonl.gz", texts())
    print(len(asked), "questions")
