"""The people of a passage: names, and facts bound to them at random."""

from dataclasses import dataclass

import lexicon
from dice import Dice
from facts import ATTRIBUTES, KINSHIPS, Fact


@dataclass(frozen=True)
class CastShape:
    """How many people, how many facts each, how names are made."""

    people: tuple[int, int]
    attributes: tuple[int, int]
    last_names: bool = True
    kinship: bool = True
    shared_names: float = 0.3  # the chance that some people share a first name
    held_out_names: bool = False


def names(dice: Dice, shape: CastShape, count: int) -> list[str]:
    """Different names; held-out combinations only when the shape asks for them, and then only those."""
    if not shape.last_names:
        return dice.sample(lexicon.FIRST_NAMES, count)
    firsts = range(len(lexicon.FIRST_NAMES))
    lasts = range(len(lexicon.LAST_NAMES))
    if not shape.held_out_names and dice.chance(shape.shared_names):  # few combinations are held out: too few to share
        firsts = dice.sample(firsts, max(6, count // 2))
        lasts = dice.sample(lasts, max(6, count // 2 + 2))
    chosen: dict[str, None] = {}
    distinct_firsts = dice.sample(firsts, count) if len(firsts) >= count else []
    while len(chosen) < count:
        first = distinct_firsts[len(chosen)] if distinct_firsts else dice.choose(firsts)
        last = dice.choose(lasts)
        if lexicon.is_held_out_name(first, last) == shape.held_out_names:
            chosen[f"{lexicon.FIRST_NAMES[first]} {lexicon.LAST_NAMES[last]}"] = None
    return list(chosen)


def bind(dice: Dice, shape: CastShape) -> list[Fact]:
    """Random facts about a new cast, in random order. Everyone has a different friend (or cousin, ...) where kinship is on."""
    people = names(dice, shape, dice.between(*shape.people))
    told: list[Fact] = []
    for who in people:
        for relation in dice.sample(ATTRIBUTES, dice.between(*shape.attributes)):
            told.append(Fact(who, relation, dice.choose(relation.values)))
    if shape.kinship and len(people) > 1:
        ring = dice.shuffled(people)
        kinds = dice.sample(KINSHIPS, 2)
        for who, value in zip(ring, ring[1:] + ring[:1]):
            told.append(Fact(who, dice.choose(kinds), value))
    return dice.shuffled(told)
