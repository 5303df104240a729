"""Random choices that count themselves: the sum of their surprisals is the exact information content of a generated text."""

import math
import random
from typing import Sequence, TypeVar

Item = TypeVar("Item")


class Dice:
    """A seeded source of choices. `nats` is -log p of everything chosen so far.

    It equals -log p(text) for a generator in which different choices always give different texts.
    """

    def __init__(self, seed: int):
        self._random = random.Random(seed)
        self.nats = 0.0

    def choose(self, options: Sequence[Item]) -> Item:
        """One of the options, all equally likely."""
        self.nats += math.log(len(options))
        return options[self._random.randrange(len(options))]

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return self.choose(range(low, high + 1))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        hit = self._random.random() < probability
        self.nats -= math.log(probability if hit else 1 - probability) if 0 < probability < 1 else 0.0
        return hit

    def sample(self, options: Sequence[Item], count: int) -> list[Item]:
        """`count` different options in random order."""
        self.nats += sum(math.log(len(options) - i) for i in range(count))
        return self._random.sample(list(options), count)

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        return self.sample(items, len(items))
