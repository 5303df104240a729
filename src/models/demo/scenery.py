"""Sentences that tell nothing about anyone: what stands between the facts of a passage."""

import lexicon
from dice import Dice


def scene(dice: Dice) -> str:
    """One scenery sentence; each choice shows in the text."""
    kind = dice.between(0, 2)
    thing = f"{dice.choose(lexicon.SCENERY_ADJECTIVES)} {dice.choose(lexicon.SCENERY)}"
    if kind == 0:
        return f"The {thing} {dice.choose(lexicon.SCENERY_VERBS)} {dice.choose(lexicon.SCENERY_PLACES)} the {dice.choose(lexicon.SCENERY)}."
    if kind == 1:
        return f"In the {dice.choose(lexicon.TIMES)}, the {thing} was {dice.choose(lexicon.SCENERY_ADJECTIVES)}."
    return f"There was a {thing} {dice.choose(lexicon.SCENERY_PLACES)} the {dice.choose(lexicon.SCENERY)}."


def scenery_text(dice: Dice) -> str:
    return " ".join(scene(dice) for _ in range(8))
