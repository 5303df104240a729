"""Passages of facts with questions and answers, in three layouts: restated facts, a quiz in plain text, a chat."""

from dice import Dice
from emphasis import PLAIN, QUIET, recalled
from facts import BRIDGES, Fact, Question, names_in, one_hop, sentence, two_hop
from cast import CastShape, bind
from scenery import scene

BELONGINGS = {bridge.relation.name: bridge.belonging for bridge in BRIDGES}


def questions(dice: Dice, told: list[Fact], count: int, two_hops: float) -> list[Question]:
    """`count` questions, in shares of `two_hops` over a belonging; they differ while there are enough."""
    by_subject: dict[str, list[Fact]] = {}
    for fact in told:
        by_subject.setdefault(fact.who, []).append(fact)
    owned = [fact for fact in told if fact.relation.name in BELONGINGS]
    bridges = [(fact, end) for fact in owned for end in by_subject.get(f"the {fact.value}", [])]
    long = [two_hop(first, end, BELONGINGS[first.relation.name]) for first, end in dice.shuffled(bridges)]
    short = [one_hop(fact) for fact in dice.shuffled(told)]
    asked = []
    for i in range(count):
        pool = long if long and dice.chance(two_hops) else short
        asked.append(pool[i % len(pool)])
    return asked


def passage(dice: Dice, told: list[Fact], scenes: int, otherwise: float) -> str:
    """Every fact once as a sentence, some in other words, with scenery sentences between them."""
    sentences = [sentence(fact.said(dice.chance(otherwise))) for fact in told]
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
    text = QUIET + " ".join(sentence(fact.said()) for fact in told) + PLAIN
    for _ in range(rounds):
        for fact in dice.shuffled(told):
            text += recalled(" " + sentence(fact.said()), (fact.value,))
    return "<|begin|>" + text + "<|end|>"
