"""Passages of a wanted length in tokens."""

import re

import lexicon
from cast import CastShape, bind
from dice import Dice
from facts import Fact
from passages import passage
from scenery import scene

PERSON_TOKENS = 28  # about what one person's facts take
FACT_TOKENS = 500  # no passage tells more than this; the rest of a long one is scenery


def tokens_in(text: str) -> int:
    """Exact for generated text: each word, mark and digit is one token."""
    return len(re.findall(r"[A-Za-z]+|[^A-Za-z\s]", text))


def sized_passage(dice: Dice, tokens: int, held_out_names: bool = False, close_names: bool = False) -> tuple[str, list[Fact]]:
    """A passage of about `tokens` tokens; a tenth to a half of it is scenery, the rest facts, a quarter of them in other words."""
    room = min(FACT_TOKENS, round(tokens * (1 - dice.between(10, 50) / 100)))
    people = max(2, round(room / PERSON_TOKENS))
    told = bind(dice, CastShape((people, people), (1, 2), held_out_names=held_out_names, close_names=close_names))
    while len(told) > 4 and sum(tokens_in(fact.said()) + 1 for fact in told) > min(tokens, FACT_TOKENS):
        told.pop()
    text = passage(dice, told, 0, 0.25)
    sentences = [sentence.strip() for sentence in re.findall(r"[^.]+\.", text)]
    length = tokens_in(text)
    while length < tokens - 6:
        added = scene(dice)
        sentences.insert(dice.between(0, len(sentences)), added)
        length += tokens_in(added)
    return " ".join(sentences), told
