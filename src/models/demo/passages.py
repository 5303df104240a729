"""Passages of facts with questions and answers, in three layouts: restated facts, a quiz in plain text, a chat."""

from dice import Dice
from emphasis import PLAIN, QUIET, recalled
from facts import KINSHIPS, Fact, Question, one_hop, two_hop
from cast import CastShape, bind
from scenery import scene

KINSHIP_NAMES = {relation.name for relation in KINSHIPS}


def questions(dice: Dice, told: list[Fact], count: int, two_hops: float) -> list[Question]:
    """`count` questions, in shares of `two_hops` over a bridge person; they differ while there are enough."""
    by_person: dict[str, list[Fact]] = {}
    for fact in told:
        if fact.relation.name not in KINSHIP_NAMES:
            by_person.setdefault(fact.who, []).append(fact)
    bridges = [(bridge, end) for bridge in told if bridge.relation.name in KINSHIP_NAMES for end in by_person.get(bridge.value, [])]
    long = [two_hop(*pair) for pair in dice.shuffled(bridges)]
    short = [one_hop(fact) for fact in dice.shuffled(told)]
    asked = []
    for i in range(count):
        pool = long if long and dice.chance(two_hops) else short
        asked.append(pool[i % len(pool)])
    return asked


def passage(dice: Dice, told: list[Fact], scenes: int, otherwise: float) -> str:
    """Every fact once as a sentence, some in other words, with scenery sentences between them."""
    sentences = [fact.said(dice.chance(otherwise)) + "." for fact in told]
    for _ in range(scenes):
        sentences.insert(dice.between(0, len(sentences)), scene(dice))
    return " ".join(sentences)


def quiz(text: str, asked: list[Question]) -> str:
    """The plain layout: passage, then lines of questions and answers."""
    lines = [QUIET + text]
    for question in asked:
        answer = recalled(" " + question.answer, question.looked_up)
        lines.append(f"\nQuestion: {question.text}\nAnswer:{PLAIN}{answer}{QUIET}")
    return "<|begin|>" + "".join(lines) + "\n<|end|>" + PLAIN


def chat(text: str, asked: list[Question]) -> str:
    """The chat layout: the passage stands in the first user message."""
    turns = []
    for i, question in enumerate(asked):
        said = f"{text} {question.text}" if i == 0 else question.text
        answer = recalled(" " + question.answer, question.looked_up)[1:]
        turns.append(f"<|user|>{QUIET}{said}{PLAIN}<|end|><|assistant|>{answer}<|end|>")
    return "<|begin|>" + "".join(turns)


def restated(dice: Dice, told: list[Fact], rounds: int) -> str:
    """The facts once, then again and again in new order: the shortest lesson in looking things up."""
    text = QUIET + " ".join(fact.said() + "." for fact in told) + PLAIN
    for _ in range(rounds):
        for fact in dice.shuffled(told):
            text += " " + recalled(fact.said(), (fact.value, *fact.who.split()[1:])) + "."
    return "<|begin|>" + text + "<|end|>"
