"""Short stories from a grammar. Each choice shows in the text, so the dice know a story's exact information content."""

import lexicon
from dice import Dice

OPENINGS = ["Once upon a time there was a {trait} {animal} named {name}.", "A long time ago there lived a {trait} {animal} called {name}.",
            "There was once a {trait} {animal}, and the name of the {animal} was {name}."]
HOMES = ["{name} lived in a {color} house near the {place}.", "The home of {name} was a small {place} under a {adjective} {scenery}.",
         "Every {time} {name} played by the {place} with a friend, the {other}."]
WANTS = ["One day {name} lost a {color} {thing} and was very {sad}.", "One {time} {name} wanted to find a {color} {thing}.",
         "One day {name} saw a {color} {thing} behind the {scenery}."]
SEARCHES = ['{name} looked near the {scenery}, but there was nothing there, only a {adjective} {scenery2}.',
            '"Where can it be?" said {name}, and {name} walked to the {scenery}.',
            '{name} asked the {other}, and the {other} said: "Look under the {scenery}."']
ENDINGS = ["At last {name} found the {color} {thing} in the {room}, and they were all very {glad}.",
           "Then the {other} gave {name} the {color} {thing}, and {name} smiled and said: \"Thank you!\"",
           "In the end {name} and the {other} went home with the {color} {thing}, and they were {glad}."]
LAST = ["From that day on they were the best of friends.", "That {time}, {name} slept well.", "And that is the end of the story."]
GLAD, SAD = ["glad", "happy", "calm"], ["sad", "angry", "afraid"]


def story(dice: Dice) -> str:
    """One story; later parts speak of the same name, animal, friend and thing as earlier ones."""
    bound = {
        "trait": dice.choose(lexicon.STORY_TRAITS), "name": dice.choose(lexicon.STORY_NAMES),
        "color": dice.choose(lexicon.COLOURS), "thing": dice.choose(lexicon.THINGS)}
    bound["animal"], bound["other"] = dice.sample(lexicon.STORY_ANIMALS, 2)
    parts = [OPENINGS, HOMES, WANTS, SEARCHES, SEARCHES, ENDINGS, LAST]
    return " ".join(_filled(dice, dice.choose(options), bound) for options in parts)


def _filled(dice: Dice, pattern: str, bound: dict[str, str]) -> str:
    """Fills free slots with fresh choices, in reading order of this list; `bound` slots keep the story's own words."""
    free = {"place": lexicon.STORY_PLACES, "adjective": lexicon.SCENERY_ADJECTIVES, "scenery": lexicon.SCENERY, "time": lexicon.TIMES,
            "scenery2": lexicon.SCENERY, "room": lexicon.ROOMS, "glad": GLAD, "sad": SAD}
    words = dict(bound)
    for slot, options in free.items():
        if "{" + slot + "}" in pattern:
            words[slot] = dice.choose(options)
    return pattern.format(**words)
