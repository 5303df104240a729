"""Sums, lists and counting: small texts beside the passages, with exact information content."""

import lexicon
from dice import Dice
from emphasis import recalled

LISTS = {"fruits": lexicon.FRUITS, "animals": lexicon.ANIMALS, "towns": lexicon.TOWNS, "colors": lexicon.COLOURS, "things": lexicon.THINGS}


def sums(dice: Dice) -> str:
    """Lines of additions and subtractions of numbers below 50; only the two numbers and the sign are free."""
    lines = []
    for _ in range(6):
        left, right = dice.between(0, 49), dice.between(0, 49)
        if dice.chance(0.5):
            lines.append(f"{left} plus {right} is {left + right}.")
        else:
            high, low = max(left, right), min(left, right)
            dice.nats -= 0.6931471805599453 if left != right else 0.0  # both orders give the same line
            lines.append(f"{high} minus {low} is {high - low}.")
    return "\n".join(lines) + "\n"


def listing(dice: Dice) -> str:
    """A list of different things and what can be told from it: first, last, count, the same list again."""
    kind = dice.choose(list(LISTS))
    items = dice.sample(LISTS[kind], dice.between(3, 7))
    text = f"Here is a list of {kind}: {', '.join(items)}.\n"
    told = [(f"The first item of the list is {items[0]}.", (items[0],)), (f"The last item of the list is {items[-1]}.", (items[-1],)),
            (f"The list has {lexicon.NUMBERS[len(items)]} items.", ()), (f"The list again: {', '.join(items)}.", tuple(items))]
    for line, words in dice.shuffled(told):
        text += recalled(" " + line, words)[1:] + "\n"
    return text


def plain(maker, dice: Dice) -> str:
    """A text as a training document."""
    return "<|begin|>" + maker(dice) + "<|end|>"
