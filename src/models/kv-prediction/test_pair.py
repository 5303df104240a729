"""Run with `python -m unittest` in this folder; seconds, no training."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import world  # noqa: F401
from export_pair import write
from measure import laid_out
from network import Network, Shape, rotary_table
from optimizer import is_map
from pair import Pair, Spans
from predictor import SIZES, Predictor, Sizes, captured, distance
from ridge import fit
from spans import cut, runs, spans_of
from stages import STAGES
from stored import new_pair, pair_from_folder

SHAPE = Shape(layers=4, width=32, query_heads=4, kv_heads=2, head=8, hidden=48, vocabulary=60, context=128)
TABLE = rotary_table(SHAPE, SHAPE.context)


def small_pair(taken: tuple[int, ...], reads: tuple[int, ...]) -> Pair:
    torch.manual_seed(3)
    base = Network(SHAPE)
    with torch.no_grad():
        for parameter in base.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return Pair(base, Sizes("small", taken, reads))


def with_identity_maps(pair: Pair) -> Pair:
    for linear in [*pair.predictor.keys, *pair.predictor.values]:
        torch.nn.init.eye_(linear.weight), torch.nn.init.zeros_(linear.bias)
    return pair


def one_span(begin: int, end: int, rows: int = 1) -> Spans:
    places = torch.arange(begin, end)[None].repeat(rows, 1)
    return Spans(places, torch.full_like(places, begin), torch.ones_like(places, dtype=torch.bool))


def hidden_of(pair: Pair, ids: torch.Tensor, spans: Spans) -> torch.Tensor:
    turns = [table[:ids.shape[1]] for table in TABLE]
    found, _ = captured(pair.auxiliary, F.embedding(ids, pair.auxiliary.embedding), *turns)
    return pair.predicted_hidden(ids, pair.predictor(found), spans, *turns)


class Reading(unittest.TestCase):
    def setUp(self):
        self.ids = torch.randint(0, 60, (2, 30), generator=torch.Generator().manual_seed(5))

    def test_with_the_whole_base_as_auxiliary_and_identity_maps_the_base_computes_what_it_always_does(self):
        pair = with_identity_maps(small_pair((0, 1, 2, 3), (0, 1, 2, 3)))
        exact = pair.base.hidden(self.ids, *(table[:30] for table in TABLE))
        for begin in (0, 1, 29, 12):
            found = hidden_of(pair, self.ids, one_span(begin, 30, 2))
            self.assertTrue(torch.allclose(found, exact[:, begin:], atol=1e-4), begin)

    def test_spans_of_a_row_do_not_see_each_other_but_see_the_predicted_tokens_before_them(self):
        pair = small_pair((0, 2), (0, 0, 1, 1))
        both = Spans(torch.tensor([[5, 6, 7, 20, 21, 0]] * 2), torch.tensor([[5, 5, 5, 20, 20, -1]] * 2),
                     torch.tensor([[True] * 5 + [False]] * 2))
        together = hidden_of(pair, self.ids, both)
        self.assertTrue(torch.allclose(together[:, :3], hidden_of(pair, self.ids, one_span(5, 8, 2)), atol=1e-4))
        self.assertTrue(torch.allclose(together[:, 3:5], hidden_of(pair, self.ids, one_span(20, 22, 2)), atol=1e-4))

    def test_nothing_at_or_behind_the_last_prompt_token_is_predicted(self):
        pair = small_pair((0, 2), (0, 0, 1, 1))
        ids = torch.cat([self.ids[:, :10] % 30, 30 + self.ids[:, 10:] % 30], dim=1)
        before = hidden_of(pair, ids, one_span(10, 14, 2))
        pair.auxiliary.embedding.data[30:] += 1.0  # only the auxiliary's view of the last prompt token and the answer
        self.assertTrue(torch.equal(before, hidden_of(pair, ids, one_span(10, 14, 2))))
        self.assertFalse(torch.equal(before[:, 1:], hidden_of(pair, ids, one_span(11, 14, 2))))

    def test_a_pass_that_only_captures_never_runs_the_last_layer(self):
        pair = small_pair((0, 2), (0, 0, 1, 1))
        x, turns = F.embedding(self.ids, pair.auxiliary.embedding), [table[:30] for table in TABLE]
        whole, last = captured(pair.auxiliary, x, *turns, whole=True)
        pair.auxiliary.layers[-1].forward = None
        found, _ = captured(pair.auxiliary, x, *turns)
        self.assertEqual(distance(found, whole).item(), 0.0)
        self.assertEqual(last.shape, (2, 30, 32))


class Fitting(unittest.TestCase):
    def test_maps_that_exist_are_found(self):
        pair = small_pair((0, 1, 2), (0, 1, 2, 2))
        ids = torch.randint(0, 60, (8, 64), generator=torch.Generator().manual_seed(6))
        fit(pair, [ids], TABLE, 1e-9)
        x, turns = F.embedding(ids, pair.base.embedding), [table[:64] for table in TABLE]
        foretold, true = pair.predictor(captured(pair.auxiliary, x, *turns)[0]), captured(pair.base, x, *turns)[0]
        self.assertLess(distance(foretold[:3], true[:3]).item(), 1e-3)
        self.assertGreater(distance(foretold[3:], true[3:]).item(), 0.1)

    def test_only_maps_are_orthogonalised(self):
        predictor = Predictor((0, 0), 4, 6)
        self.assertEqual(sum(is_map(name, p) for name, p in predictor.named_parameters()), 4)

    def test_every_size_has_a_monotone_map(self):
        for sizes in SIZES.values():
            self.assertEqual(sorted(sizes.reads), list(sizes.reads))
            self.assertEqual(sorted(set(sizes.reads)), list(range(len(sizes.taken))))
            self.assertEqual(len(sizes.reads), Shape.layers)


class Cutting(unittest.TestCase):
    def test_runs_are_found(self):
        self.assertEqual(runs(np.array([True, False, True, True])), [(0, 1), (2, 4)])
        self.assertEqual(runs(np.array([False, False])), [])

    def test_an_answer_is_read_with_the_line_break_after_it_and_from_the_last_token_of_its_prompt(self):
        weights = np.array([0.2, 0.2, 1.0, 4.0, 1.0, 0.2, 0.2])
        self.assertEqual(cut(np.arange(7), weights, 99, np.random.default_rng(1)), [(2, 6)])

    def test_an_answer_of_a_chat_begins_at_the_assistant(self):
        weights = np.array([0.2, 1.0, 1.0, 4.0, 1.0, 0.2])
        self.assertEqual(cut(np.array([5, 6, 99, 7, 8, 9]), weights, 99, np.random.default_rng(1)), [(2, 6)])

    def test_spans_of_a_text_do_not_overlap_and_padding_is_told(self):
        ids, weights = torch.zeros(3, 400, dtype=torch.long), torch.ones(3, 400)
        found = spans_of(ids, weights, 99, 150, np.random.default_rng(2))
        for row in range(3):
            places = found.places[row][found.there[row]]
            self.assertEqual(len(places.unique()), len(places))
            self.assertTrue((found.starts[row][found.there[row]] <= places).all())
            self.assertTrue((found.starts[row][~found.there[row]] == -1).all())

    def test_items_are_laid_out_with_their_last_prompt_token_first(self):
        ids, spans, wanted = laid_out([([1, 2, 3], [4, 5]), ([6], [7])])
        self.assertEqual(ids[0, :5].tolist(), [1, 2, 3, 4, 5])
        self.assertEqual(spans.places.tolist(), [[2, 3], [0, 0]])
        self.assertEqual(spans.starts[:, 0].tolist(), [2, 0])
        self.assertEqual(wanted.tolist(), [[4, 5], [7, 0]])

    def test_every_stage_leaves_room_for_answers(self):
        self.assertTrue(all(0 < stage.places < stage.length for stage in STAGES.values()))


class Storing(unittest.TestCase):
    def test_a_written_pair_is_read_back(self):
        pair = new_pair("lp-0.25")
        with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
            write(pair, Path(folder), {"tokens": "0"})
            back = pair_from_folder(Path(folder))
        self.assertEqual(back.sizes.reads, pair.sizes.reads)
        for name, weight in pair.predictor.state_dict().items():
            self.assertTrue(torch.equal(back.predictor.state_dict()[name], weight.bfloat16().float()), name)
        for name, weight in pair.auxiliary.state_dict().items():
            self.assertTrue(torch.equal(back.auxiliary.state_dict()[name], weight.bfloat16().float()), name)


if __name__ == "__main__":
    unittest.main()
