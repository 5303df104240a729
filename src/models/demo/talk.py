"""Chat turns that need no passage: greetings, stories on request, sums and lists."""

import lexicon
from dice import Dice
from stories import story

GREETINGS = [("Hello!", "Hello! What can I do for you?"), ("Hi", "Hi! What would you like to know?"),
             ("Who are you?", "I am a small assistant. I can read a story and answer questions about it."),
             ("What can you do?", "I can tell a story, add numbers, write a list and answer questions about facts."),
             ("Thank you!", "You are welcome."), ("How are you?", "I am well, thank you. What can I do for you?")]
SYSTEM = ["You are a helpful assistant.", "Answer with one sentence.", "You are a small assistant. Answer with facts from the story."]
STORY_REQUESTS = ["Tell me a story.", "Please tell me a story.", "Write a story.", "Can you tell me a story?", "Tell me a story about a {animal}.",
                  "Write a story about a {animal} named {name}."]


def opening(dice: Dice) -> str:
    """The start of a chat, in a third of the cases with a system message."""
    return "<|begin|>" + (f"<|system|>{dice.choose(SYSTEM)}<|end|>" if dice.chance(1 / 3) else "")


def turn(question: str, answer: str) -> str:
    return f"<|user|>{question}<|end|><|assistant|>{answer}<|end|>"


def _story_turn(dice: Dice) -> str:
    told = story(dice)
    animal = next(word for word in told.replace(",", "").split() if word in lexicon.STORY_ANIMALS)
    name = next(word for word in told.replace(".", "").split() if word in lexicon.STORY_NAMES)
    return turn(dice.choose(STORY_REQUESTS).format(animal=animal, name=name), told)


def _sum_turn(dice: Dice) -> str:
    left, right = dice.between(0, 49), dice.between(0, 49)
    question = dice.choose(["What is {0} plus {1}?", "How much is {0} plus {1}?", "Add {0} and {1}."]).format(left, right)
    return turn(question, f"{left} plus {right} is {left + right}.")


def _list_turn(dice: Dice) -> str:
    kind, words = dice.choose([("fruits", lexicon.FRUITS), ("animals", lexicon.ANIMALS), ("colors", lexicon.COLOURS)])
    count = dice.between(3, 6)
    question = dice.choose(["Write a list of {} {}.", "Name {} {}.", "Can you name {} {}?"]).format(lexicon.NUMBERS[count], kind)
    return turn(question, f"Here are {lexicon.NUMBERS[count]} {kind}: {', '.join(dice.sample(words, count))}.")


def small_talk(dice: Dice) -> str:
    """Two to four unrelated turns."""
    makers = [lambda d: turn(*d.choose(GREETINGS)), _story_turn, _sum_turn, _list_turn]
    return opening(dice) + "".join(dice.choose(makers)(dice) for _ in range(dice.between(2, 4)))
