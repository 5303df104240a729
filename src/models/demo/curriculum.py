"""The stages of training, each with its data, its length and the gate it must pass before the next."""

from dataclasses import dataclass, field
from functools import partial
from typing import Callable

from cast import CastShape, bind
from dice import Dice
from passages import chat, passage, questions, quiz, restated
from probe import Item

# The shares of the last stage's documents that the held-out texts are drawn from.
TEXT_SHARES = {"story": 0.06, "sums": 0.02, "list": 0.02, "scenery": 0.02}

HELD_OUT = 10**15  # seeds from here on belong to gates and evaluation; training stays far below


@dataclass(frozen=True)
class Lesson:
    """How a passage with questions is made. Ranges are inclusive."""

    cast: CastShape
    questions: tuple[int, int]
    scenes: tuple[int, int] = (0, 0)
    otherwise: float = 0.0
    two_hops: float = 0.0


def draw(dice: Dice, lesson: Lesson):
    told = bind(dice, lesson.cast)
    text = passage(dice, told, dice.between(*lesson.scenes), lesson.otherwise)
    return text, questions(dice, told, dice.between(*lesson.questions), lesson.two_hops)


def quiz_of(lesson: Lesson, dice: Dice) -> str:
    return quiz(*draw(dice, lesson))


def chat_of(lesson: Lesson, dice: Dice) -> str:
    return chat(*draw(dice, lesson))


def restated_of(cast: CastShape, rounds: int, dice: Dice) -> str:
    return restated(dice, bind(dice, cast), rounds)


def items_of(lesson: Lesson, count: int, seed: int, kind: str, per_passage: int = 4) -> list[Item]:
    """Held-out items: the seeds stay clear of those used in training."""
    items: list[Item] = []
    while len(items) < count:
        seed += 1
        text, asked = draw(Dice(HELD_OUT + seed), lesson)
        for question in asked[:per_passage]:
            items.append(Item(f"{text}\nQuestion: {question.text}\nAnswer:", question.answer, question.hops, len(text.split()), kind))
    return items[:count]


@dataclass(frozen=True)
class Stage:
    name: str
    length: int
    rows: int
    mix: list[tuple[float, Callable[[Dice], str]]]
    gate: dict[str, Lesson]
    gate_share: float = 0.95
    quiet_weight: float = 0.2
    matrix_rate: float = 0.02
    other_rate: float = 0.003
    one_per_row: bool = True


SINGLE = dict(last_names=False, kinship=False)
BIND = Lesson(CastShape((2, 6), (1, 1), **SINGLE), (12, 12))
BIND_MORE = Lesson(CastShape((2, 4), (1, 3), **SINGLE), (12, 12))

NAMES = Lesson(CastShape((2, 6), (1, 2), kinship=False), (16, 16))
KIN = Lesson(CastShape((2, 6), (1, 1)), (16, 16))
HOPS = Lesson(CastShape((2, 6), (1, 2)), (16, 16), (0, 3), 0.2, two_hops=0.6)

STAGES = {stage.name: stage for stage in [
    Stage(
        "bind", 128, 64,
        [(0.5, partial(restated_of, BIND.cast, 12)), (0.25, partial(restated_of, BIND_MORE.cast, 12)), (0.25, partial(quiz_of, BIND))],
        {"bind": BIND}),
    Stage(
        "names", 256, 24,
        [(0.1, partial(restated_of, BIND_MORE.cast, 20)), (0.2, partial(restated_of, NAMES.cast, 12)),
         (0.1, partial(restated_of, KIN.cast, 12)), (0.3, partial(quiz_of, NAMES)), (0.15, partial(quiz_of, KIN)),
         (0.05, partial(chat_of, KIN)), (0.1, partial(quiz_of, HOPS))],
        {"names": NAMES, "kin": KIN}),
]}
