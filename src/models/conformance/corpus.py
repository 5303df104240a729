"""The small text that the tiny tokenizers are trained on, written for this project."""

SENTENCES = [
    "The quick fox went down to the harbour before the tide came in.",
    "It was late in the harbour, and the lamps were lit one by one.",
    "Ask twice, then answer; listen once more, then speak.",
    "Name a fruit that grows in the north: an apple, a pear, a plum.",
    "Who is there? It is the baker, who brings bread and the morning news.",
    "Two boats and three nets make one good day, said the old woman.",
    "When the rain stops, the children run to the river and count the stones.",
    "Numbers like 0, 1, 2, 3, 10, 42, 100 and 2048 appear here and there.",
    "She answered the letter, folded the paper and went home without a word.",
    "Nothing is lost that is written down twice and kept in two places.",
    "The answer was there all the time, under the stone by the gate.",
    "for (int i = 0; i < n; i++) { total += values[i]; }",
    '{"name": "weather", "arguments": {"city": "Zürich", "unit": "celsius"}}',
    "Ein schöner Tag in Zürich: größer, weiter, über die Brücke.",
    "Où est le café? À côté de la forêt, près du château.",
    "東京は大きい。京都は古い。",
    "Привет, как дела? Всё хорошо.",
    "🦊 🚀 👩‍🚀 ☕",
]
