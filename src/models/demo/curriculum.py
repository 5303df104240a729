"""The stages of training, each with its data, its length and the gate it must pass before the next."""

from dataclasses import dataclass, field
from functools import partial
from typing import Callable

from cast import CastShape, bind
from dice import Dice
from drills import listing, plain, sums
from passages import chat, passage, questions, quiz, restated
from probe import Item
from scenery import scenery_text
from sizes import sized_passage, tokens_in
from stories import story
from talk import small_talk

# The shares of the last stage's documents that the held-out texts are drawn from.
TEXT_SHARES = {"story": 0.20, "sums": 0.08, "list": 0.08, "scenery": 0.04}

HELD_OUT = 10**15  # seeds from here on belong to gates and evaluation; training stays far below


@dataclass(frozen=True)
class Lesson:
    """How a passage with questions is made. Ranges are inclusive."""

    cast: CastShape
    questions: tuple[int, int]
    scenes: tuple[int, int] = (0, 0)
    otherwise: float = 0.0
    two_hops: float = 0.0
    tokens: tuple[int, int] | None = None  # the passage's length; then cast, scenes and otherwise follow from it


def draw(dice: Dice, lesson: Lesson):
    """A passage and questions about it."""
    if lesson.tokens:
        text, told = sized_passage(dice, dice.between(*lesson.tokens))
        return text, questions(dice, told, dice.between(*lesson.questions), lesson.two_hops)
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
            items.append(Item(f"{text}\nQuestion: {question.text}\nAnswer:", question.answer, question.hops, tokens_in(text), kind))
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
    matrix_rate: float = 0.005
    other_rate: float = 0.002
    one_per_row: bool = True
    scored: float = 0.75  # the share of tokens whose loss is computed


SINGLE = CastShape((2, 6), (1, 1), last_names=False, kinds=1, belongings=0.0)
SINGLE_WITH_BELONGINGS = CastShape((2, 4), (1, 1), last_names=False, kinds=1)
PAIR = CastShape((2, 7), (1, 2))

BIND = Lesson(SINGLE, (12, 12))
BIND_BELONGINGS = Lesson(SINGLE_WITH_BELONGINGS, (12, 12), two_hops=0.4)
NAMES = Lesson(PAIR, (16, 16), two_hops=0.4)


def sized(low: int, high: int, asked: tuple[int, int] = (12, 20)) -> Lesson:
    return Lesson(PAIR, asked, two_hops=0.5, tokens=(low, high))


# What stands beside the passages from the third stage on; shares are of documents, and these are short.
ASIDES = [(TEXT_SHARES["story"], partial(plain, story)), (TEXT_SHARES["sums"], partial(plain, sums)),
          (TEXT_SHARES["list"], partial(plain, listing)), (TEXT_SHARES["scenery"], partial(plain, scenery_text)), (0.20, small_talk)]


def mixed(low: int, high: int) -> list[tuple[float, Callable[[Dice], str]]]:
    """Quizzes in 0.3 and chats in 0.1 of the documents, and the asides."""
    return [(0.3, partial(quiz_of, sized(low, high))), (0.1, partial(chat_of, sized(low, min(high, 500), (4, 10)))), *ASIDES]


STAGES = {stage.name: stage for stage in [
    Stage(
        "bind", 128, 32,
        [(0.4, partial(restated_of, SINGLE, 12)), (0.3, partial(restated_of, SINGLE_WITH_BELONGINGS, 8)),
         (0.15, partial(quiz_of, BIND)), (0.15, partial(quiz_of, BIND_BELONGINGS))],
        {"bind": BIND, "belongings": BIND_BELONGINGS}),
    Stage(
        "names", 256, 16,
        [(0.4, partial(restated_of, PAIR, 8)), (0.5, partial(quiz_of, NAMES)), (0.1, partial(chat_of, NAMES))],
        {"names": NAMES}),
    Stage("longer", 512, 8, mixed(60, 400), {"to-200": sized(60, 200), "to-400": sized(300, 400)}, one_per_row=False, scored=0.5),
    Stage("full", 2048, 2, mixed(80, 1500), {"to-200": sized(60, 200), "to-600": sized(400, 600), "to-1500": sized(1200, 1500)},
          one_per_row=False, scored=0.4),
]}
