"""The stages of training a pair, each with its texts and its rates."""

from dataclasses import dataclass

import world  # noqa: F401
from curriculum import ASIDES, HELD_OUT, Lesson, chat_of, quiz_of, sized
from functools import partial


def mostly_quizzes(low: int, high: int, asked: tuple[int, int]) -> list:
    """Shares of documents. Quizzes and chats about passages are by far the longest, so in tokens they are about nine tenths."""
    chats = sized(low, min(high, 500), (4, 10))
    return [(0.45, partial(quiz_of, sized(low, high, asked))), (0.15, partial(chat_of, chats)), *((share / 2, maker) for share, maker in ASIDES)]


@dataclass(frozen=True)
class Stage:
    """length: tokens of a row; places: tokens of a row that the base reads; the rates are those of the demo's recipes.

    own_lookups: whether the auxiliary's own head is taught the looked-up words too, or everything but them.
    """

    name: str
    length: int
    rows: int
    places: int
    mix: list
    gate: dict[str, Lesson]
    whole: bool = True  # False: only the maps learn
    matrix_rate: float = 0.005
    other_rate: float = 0.002
    own_lookups: bool = True


GATE = {"to-200": sized(60, 200), "to-600": sized(400, 600), "to-1500": sized(1200, 1500)}

STAGES = {stage.name: stage for stage in [
    Stage("maps", 512, 8, 192, mostly_quizzes(60, 400, (8, 16)), GATE, whole=False),
    Stage("short", 512, 8, 192, mostly_quizzes(60, 400, (8, 16)), GATE),
    Stage("long", 2048, 2, 640, mostly_quizzes(80, 1500, (12, 24)), GATE, own_lookups=False),
]}
