"""Run with `python -m unittest` in this folder; seconds, no training."""

import tempfile
import unittest
from pathlib import Path

import torch
import torch.nn.functional as F

import world  # noqa: F401
from experts import MoeLayer, MoeShape
from formats import read, views, write
from mamba2 import CHUNK, HybridShape, MambaLayer, scan
from nested import NestedLayer, NestedNetwork
from network import Layer, Network, Shape, rotary_table
from optimizer import is_map
from siblings import SIBLINGS
from trunk import take_over


def filled(module: torch.nn.Module) -> torch.nn.Module:
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(std=0.1)
    return module


class Architectures(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)

    def test_the_chunked_scan_is_the_recurrence(self):
        length, heads, width, states = 3 * CHUNK, 3, 8, 5
        x, b, c = torch.randn(2, length, heads, width), torch.randn(2, length, states), torch.randn(2, length, states)
        decays = -torch.rand(2, length, heads)
        y = scan(x, decays, b, c)
        state = torch.zeros(2, heads, width, states)
        for t in range(length):
            state = state * decays[:, t].exp()[..., None, None] + x[:, t, ..., None] * b[:, t, None, None]
            self.assertTrue(torch.allclose((state * c[:, t, None, None]).sum(-1), y[:, t], atol=1e-3))

    def test_a_mixer_does_not_see_what_comes_later(self):
        layer = filled(MambaLayer(HybridShape()))
        x = torch.randn(1, 100, 256)
        changed = x.clone()
        changed[:, 70:] = 0
        before, after = (layer.attend(text, None, None) for text in (x, changed))
        self.assertTrue(torch.allclose(before[:, :70], after[:, :70], atol=1e-5))
        self.assertFalse(torch.allclose(before[:, 70:], after[:, 70:], atol=1e-2))

    def test_weighted_rows_are_a_mixture_of_the_two_best_experts(self):
        layer = filled(MoeLayer(MoeShape()))
        x = torch.randn(1, 6, 256)
        mixed, share = layer.feed(x), layer.shape.share
        for t in range(6):
            best = (layer.router @ x[0, t]).topk(2)
            expected = torch.zeros(256)
            for weight, e in zip(best.values.softmax(0), best.indices):
                rows = slice(e * share, (e + 1) * share)
                gate, up = (half[rows] @ x[0, t] for half in layer.gate_up.chunk(2))
                expected += weight * (layer.mlp_out[:, rows] @ (F.silu(gate) * up))
            self.assertTrue(torch.allclose(mixed[0, t], expected, atol=1e-4))

    def test_a_slice_is_a_narrower_llama(self):
        whole = filled(NestedLayer(Shape(hidden=512)))
        narrow = filled(Layer(Shape(hidden=128)))
        with torch.no_grad():
            narrow.gate_up.copy_(torch.cat([half[:128] for half in whole.gate_up.chunk(2)]))
            narrow.mlp_out.copy_(whole.mlp_out[:, :128])
        whole.used = 128
        x = torch.randn(1, 5, 256)
        self.assertTrue(torch.allclose(whole.feed(x), narrow.feed(x), atol=1e-5))

    def test_siblings_have_about_three_million_parameters_and_every_one_is_stored(self):
        for make in SIBLINGS.values():
            network = make()
            count = sum(parameter.numel() for parameter in network.parameters())
            self.assertTrue(2_800_000 < count < 3_000_000, count)
            self.assertEqual(sum(view.numel() for view in views(network).values()), count)

    def test_tables_of_vectors_are_no_maps(self):
        maps = {name for name, parameter in SIBLINGS["hybrid"]().layers[0].named_parameters() if is_map(name, parameter)}
        self.assertEqual(maps, {"mixer_in", "mixer_out", "gate_up", "mlp_out"})


class Storing(unittest.TestCase):
    def test_what_is_written_is_read_again(self):
        torch.manual_seed(1)
        ids, table = torch.randint(5, 1900, (1, 70)), rotary_table(Shape(), 70)
        for name, make in SIBLINGS.items():
            network = make()
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter.copy_(parameter.bfloat16())
            with tempfile.TemporaryDirectory() as folder:
                write(network, Path(folder))
                again = read(Path(folder))
            self.assertIs(type(again), type(network))
            self.assertTrue(torch.equal(again(ids, *table), network(ids, *table)), name)


class Trunk(unittest.TestCase):
    def test_taking_over_every_row_keeps_the_function(self):
        torch.manual_seed(1)
        trunk = Network(Shape(layers=2))
        sibling = NestedNetwork(trunk.shape)
        take_over(sibling, trunk)
        ids, table = torch.randint(5, 1900, (1, 40)), rotary_table(trunk.shape, 40)
        self.assertTrue(torch.allclose(sibling(ids, *table), trunk(ids, *table), atol=1e-4))
        self.assertFalse(torch.equal(sibling.layers[0].mlp_out, trunk.layers[0].mlp_out))

    def test_a_slice_keeps_the_rows_that_add_most(self):
        torch.manual_seed(1)
        trunk = Network(Shape(layers=1))
        with torch.no_grad():
            trunk.layers[0].mlp_out[:, 700] = 9.0
        sibling = NestedNetwork(Shape(layers=1, hidden=512))
        take_over(sibling, trunk)
        self.assertTrue(torch.equal(sibling.layers[0].mlp_out[:, 0], trunk.layers[0].mlp_out[:, 700]))


if __name__ == "__main__":
    unittest.main()
