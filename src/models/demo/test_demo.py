"""Run with `python -m unittest` in this folder; seconds, no training."""

import re
import unittest

import numpy as np
import torch

import drills
import emphasis
import lexicon
import talk
import tokenizer
from cast import CastShape, bind
from curriculum import STAGES, items_of, quiz_of, sized
from dice import Dice
from lookup import start_as_lookup
from network import Network, Shape, grown, rotary_table
from optimizer import orthogonalised
from passages import BELONGINGS
from sizes import sized_passage, tokens_in
from stories import story
from train import stretched_positions

TOKENIZER = tokenizer.train()


def without_marks(text: str) -> str:
    return re.sub("[\x01-\x03]", "", text)


class Tokens(unittest.TestCase):
    def test_every_lexicon_word_is_one_token(self):
        words = [" " + word for word in lexicon.spaced_words()] + lexicon.opening_words()
        self.assertEqual([word for word in words if len(TOKENIZER.encode(word).ids) != 1], [])
        self.assertLessEqual(len(lexicon.spaced_words()), lexicon.LONGEST_LEXICON)
        self.assertEqual(TOKENIZER.get_vocab_size(), 2048)

    def test_any_text_round_trips(self):
        for text in ["  two  spaces\n\n\ttab", "Zoë 東京 🎉 12,345", " Mara Lind", "\u0000\ufeff"]:
            self.assertEqual(TOKENIZER.decode(TOKENIZER.encode(text).ids), text)

    def test_digits_are_single(self):
        self.assertEqual(TOKENIZER.encode("12345").tokens, list("12345"))

    def test_generated_texts_use_whole_words_only(self):
        for seed in range(50):
            for text in (story(Dice(seed)), talk.small_talk(Dice(seed)), quiz_of(sized(60, 300), Dice(seed))):
                plain = without_marks(text)
                for word in re.findall(r" ?[A-Za-z]+", re.sub(r"<\|\w+\|>", "\n", plain)):
                    self.assertEqual(len(TOKENIZER.encode(word).ids), 1, word)


class World(unittest.TestCase):
    def test_training_never_shows_held_out_names(self):
        for seed in range(40):
            text = without_marks(quiz_of(sized(200, 500), Dice(seed)))
            for first, last in re.findall(r"\b([A-Z][a-z]+) ([A-Z][a-z]+)\b", text):
                if first in lexicon.FIRST_NAMES and last in lexicon.LAST_NAMES:
                    self.assertFalse(lexicon.is_held_out_name(lexicon.FIRST_NAMES.index(first), lexicon.LAST_NAMES.index(last)))

    def test_passages_have_the_length_asked_for(self):
        for length in (100, 400, 1500):
            text, _ = sized_passage(Dice(length), length)
            self.assertLess(abs(tokens_in(text) - length), 20)
            self.assertEqual(tokens_in(text), len(TOKENIZER.encode(text).ids))

    def test_the_answer_stands_in_the_passage(self):
        for item in items_of(sized(80, 300), 40, 5, "x"):
            self.assertIn(item.answer.rstrip(".").split()[-1].rstrip("."), item.prompt)

    def test_two_hops_join_a_person_and_what_belongs_to_it(self):
        item = next(item for item in items_of(sized(80, 300), 40, 5, "x") if item.hops == 2)
        self.assertRegex(item.answer, r"^[A-Z]\w+ [A-Z]\w+ (owns|lost) a (\w+), and the \2 ")

    def test_no_two_people_share_a_belonging(self):
        told = bind(Dice(3), CastShape((30, 30), (1, 1), belongings=1.0))
        owned = [fact.value for fact in told if fact.relation.name in BELONGINGS]
        self.assertEqual(len(owned), 30)
        self.assertEqual(len(set(owned)), 30)

    def test_dice_count_what_they_choose(self):
        dice = Dice(1)
        dice.choose(range(8))
        dice.sample(range(4), 2)
        hit = dice.chance(0.25)
        self.assertAlmostEqual(dice.nats, np.log(8 * 4 * 3) - np.log(0.25 if hit else 0.75))

    def test_sums_are_right(self):
        for left, sign, right, result in re.findall(r"(\d+) (plus|minus) (\d+) is (\d+)", drills.sums(Dice(2))):
            self.assertEqual(int(left) + int(right) * (1 if sign == "plus" else -1), int(result))


class Learning(unittest.TestCase):
    def test_marks_become_weights(self):
        marks = {"\x01": 1, "\x02": 2, "\x03": 3}
        ids, weights = emphasis.split(np.array([9, 2, 8, 3, 7, 1, 6]), marks, 0.25)
        self.assertEqual(ids.tolist(), [9, 8, 7, 6])
        self.assertEqual(weights.tolist(), [1.0, 0.25, 1.0, emphasis.RECALL_WEIGHT])

    def test_a_grown_network_computes_the_same(self):
        small = Network(Shape(layers=4))
        large = grown(small, 8)
        ids, table = torch.arange(20)[None], rotary_table(small.shape, 20)
        self.assertTrue(torch.allclose(small(ids, *table), large(ids, *table), atol=1e-5))

    def test_a_network_that_starts_as_a_lookup_needs_little_to_repeat_what_followed(self):
        torch.manual_seed(1)
        network = Network(Shape(layers=2))
        start_as_lookup(network)
        ids = torch.tensor([[300, 700, 9, 301, 701, 9, 302, 702, 9, 303, 703, 9, 301]])  # words and what follows each; then one again
        logits = network(ids, *rotary_table(network.shape, ids.shape[1]))[0, -1]
        self.assertEqual(int(logits[700:704].argmax()), 1)

    def test_orthogonalised_matrices_have_singular_values_near_one(self):
        values = torch.linalg.svdvals(orthogonalised(torch.randn(2, 64, 128)).float())
        self.assertTrue(0.5 < values.min() and values.max() < 1.5)

    def test_stretched_positions_rise_and_stay_inside_the_context(self):
        for _ in range(50):
            positions = stretched_positions(128, 2048)
            self.assertTrue((positions.diff() >= 1).all() and positions[-1] < 2048)

    def test_every_stage_has_a_gate(self):
        self.assertTrue(all(stage.gate for stage in STAGES.values()))


if __name__ == "__main__":
    unittest.main()
