"""The people of a passage: names, and facts bound to them at random."""

import math
from dataclasses import dataclass

import lexicon
from dice import Dice
from facts import ATTRIBUTES, BRIDGES, Fact


@dataclass(frozen=True)
class CastShape:
    """How many people, how many facts each, how names are made."""

    people: tuple[int, int]
    attributes: tuple[int, int]
    last_names: bool = True
    kinds: int = len(ATTRIBUTES)  # how many kinds of attributes a passage knows: with few of them only the name tells values apart
    belongings: float = 0.6  # the chance that a person owns an animal or lost a thing, which has facts of its own
    shared_names: float = 0.3  # the chance that some people share a first name
    held_out_names: bool = False
    close_names: bool = False  # as few first and last names as give enough combinations: nearly everyone shares both with others


def names(dice: Dice, shape: CastShape, count: int) -> list[str]:
    """Different names; held-out combinations only when the shape asks for them, and then only those."""
    if not shape.last_names:
        return dice.sample(lexicon.FIRST_NAMES, count)
    if shape.close_names:
        return _close_names(dice, count)
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


def _close_names(dice: Dice, count: int) -> list[str]:
    side = math.ceil(math.sqrt(1.4 * count)) + 1  # a tenth of the combinations is held out
    firsts, lasts = (dice.sample(range(len(names)), side) for names in (lexicon.FIRST_NAMES, lexicon.LAST_NAMES))
    pairs = [(first, last) for first in firsts for last in lasts if not lexicon.is_held_out_name(first, last)]
    return [f"{lexicon.FIRST_NAMES[first]} {lexicon.LAST_NAMES[last]}" for first, last in dice.sample(pairs, count)]


def bind(dice: Dice, shape: CastShape) -> list[Fact]:
    """Random facts about a new cast and its belongings, in random order. No two people have the same animal or thing."""
    people = names(dice, shape, dice.between(*shape.people))
    free = [(bridge, value) for bridge in BRIDGES for value in bridge.relation.values]
    owned = dice.sample(free, min(len(people), len(free)))
    kinds = dice.sample(ATTRIBUTES, shape.kinds)
    told: list[Fact] = []
    for who in people:
        for relation in dice.sample(kinds, dice.between(*shape.attributes)):
            told.append(Fact(who, relation, dice.choose(relation.values)))
        if owned and dice.chance(shape.belongings):
            bridge, value = owned.pop()
            told.append(Fact(who, bridge.relation, value))
            for relation in dice.sample(bridge.ends, dice.between(1, len(bridge.ends))):
                told.append(Fact(f"the {value}", relation, dice.choose(relation.values)))
    return dice.shuffled(told)
