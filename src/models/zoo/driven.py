"""Architectures that a server drives: streams over caches, and loops of energy descent, diffusion and flow matching."""

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch._decomp import get_decompositions
from torch.fx.experimental.proxy_tensor import make_fx

from generative import Conditioned, Denoiser, waves
from layers import Attention, Block, Mlp

DIM, BANDS, VOCABULARY = 16, 20, 12
ATEN = torch.ops.aten


@dataclass
class Exchange:
    inputs: dict
    outputs: dict
    stream: int | None = None

    def __post_init__(self):
        self.inputs, self.outputs = ({name: np.asarray(value) for name, value in group.items()} for group in (self.inputs, self.outputs))


@dataclass
class Driven:
    """An entry. `exchanges` makes requests with their answers, by another way than the graph takes."""

    name: str
    rows: str
    what: str
    outputs: list
    declaration: dict
    axes: dict
    build: type
    inputs: object  # module -> {input name: tensor}, to export with
    exchanges: object
    step: object = field(default=lambda module: module)  # what of the module is exported


class StatefulConformer(nn.Module):
    """Conformer layers that see `past` frames and their own chunk, whatever its length."""

    def __init__(self, layers=2, past=6, taps=5):
        super().__init__()
        self.past, self.taps, self.embed, self.head = past, taps, nn.Linear(2 * BANDS, DIM), nn.Linear(DIM, VOCABULARY)
        self.layers = nn.ModuleList(ConformerLayer(taps) for _ in range(layers))

    def embedded(self, features):
        return self.embed(features.reshape(features.shape[0], -1, 2 * BANDS))

    def forward(self, chunk, cache_channel, cache_time, cache_length):
        x = self.embedded(chunk)
        frames = x.shape[1]
        at, seen = torch.arange(frames)[:, None] + self.past, torch.arange(frames + self.past)[None]
        unseen = seen < (self.past - cache_length)[:, None]
        hidden = unseen[:, None, None, :].float() * -1e4
        channels, times = [], []
        for i, layer in enumerate(self.layers):
            x, channel, time = layer(x, cache_channel[:, i], cache_time[:, i], (at - seen).abs(), hidden)
            channels.append(channel[:, -self.past:])
            times.append(time[:, :, -(self.taps - 1):])
        length = (cache_length + frames).clamp(max=self.past)
        return self.head(x).log_softmax(-1), torch.stack(channels, 1), torch.stack(times, 1), length

    def whole(self, features, frames):
        """The answer for all chunks of so many frames at once: what chunks hand on is a mask here."""
        x = self.embedded(features)
        at = torch.arange(x.shape[1])
        begin = at[:, None] // frames * frames
        allowed = (at[None] < begin + frames) & (at[None] >= begin - self.past)
        hidden = (~allowed).float()[None, None] * -1e4
        nothing, zeros = torch.zeros(len(x), 0, DIM), torch.zeros(len(x), DIM, self.taps - 1)
        for layer in self.layers:
            x = layer(x, nothing, zeros, (at[:, None] - at[None]).abs(), hidden)[0]
        return self.head(x).log_softmax(-1)


class ConformerLayer(nn.Module):
    def __init__(self, taps):
        super().__init__()
        self.n1, self.n2, self.n3, self.n4, self.last = (nn.LayerNorm(DIM) for _ in range(5))
        self.before, self.after = Mlp(DIM, activation=nn.SiLU), Mlp(DIM, activation=nn.SiLU)
        self.attention, self.near = Attention(DIM), nn.Parameter(torch.zeros(1, 2, 1, 1))
        self.into, self.conv = nn.Linear(DIM, 2 * DIM), nn.Conv1d(DIM, DIM, taps, groups=DIM)
        self.norm, self.out = nn.LayerNorm(DIM), nn.Linear(DIM, DIM)

    def forward(self, x, channel, time, distance, hidden):
        x = x + 0.5 * self.before(self.n1(x))
        h = self.n2(x)
        seen = torch.cat([channel, h], 1)
        x = x + self.attention(h, hidden - F.softplus(self.near) * distance, context=seen)
        u = torch.cat([time, F.glu(self.into(self.n3(x)), -1).transpose(1, 2)], 2)
        x = x + self.out(F.silu(self.norm(self.conv(u).transpose(1, 2))))
        return self.last(x + 0.5 * self.after(self.n4(x))), seen, u


def spoken(module):
    """Two streams of other chunks and other rows, in turn."""
    parts = []
    for stream, (rows, frames, chunks) in enumerate([(1, 4, 6), (2, 8, 3)], 1):
        features = torch.randn(rows, frames * chunks, BANDS)
        answers = module.whole(features, frames // 2).chunk(chunks, 1)
        parts.append([Exchange({"chunk": chunk}, {"log_probs": answer}, stream) for chunk, answer in zip(features.chunk(chunks, 1), answers)])
    long, short = parts
    return [exchange for n, first in enumerate(long) for exchange in ([first, short[n // 2]] if n % 2 else [first])]


class Energy(nn.Module):
    """The energy of a candidate beside its context, by a transformer. A step goes down its gradient, which is part of what is exported."""

    RATE = 0.1

    def __init__(self):
        super().__init__()
        self.first, self.second, self.norm, self.head = Block(DIM), Block(DIM), nn.LayerNorm(DIM), nn.Linear(DIM, 1)
        self.guess = nn.Linear(DIM, DIM)

    def energy(self, context, candidate):
        h = self.second(self.first(torch.cat([context, candidate[:, None]], 1)))
        return 0.5 * self.head(self.norm(h)).mean((1, 2)) + (candidate - self.guess(context.mean(1))).square().sum(-1)

    def forward(self, context, candidate):
        slope = torch.func.grad(lambda value: self.energy(context, value).sum())(candidate)
        return candidate - self.RATE * slope, self.energy(context, candidate), slope.abs().amax(-1)


def softmax(x, dim, _):
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


def descending(module):
    """Forward and backward as one graph of operations that ONNX has."""
    table = get_decompositions([ATEN.native_layer_norm, ATEN.native_layer_norm_backward, ATEN._softmax_backward_data, ATEN.gelu_backward])
    table |= {ATEN._softmax.default: softmax, ATEN._unsafe_view.default: lambda x, shape: x.reshape(shape)}
    return make_fx(module, decomposition_table=table)(*scene().values())


def scene():
    return {"context": torch.randn(1, 5, DIM), "candidate": torch.randn(1, DIM)}


BELOW = 0.011


def descended(module):
    exchanges = []
    for most in (3, 200):
        inputs, runs = scene(), 0
        candidate, slopes = inputs["candidate"], []
        while runs < most and (not slopes or slopes[-1] >= BELOW):
            candidate, energy, slope = module(inputs["context"], candidate)
            slopes.append(float(slope))
            runs += 1
        if most == 200 and not (runs < most and slopes[-1] < 0.99 * BELOW and slopes[-2] > 1.01 * BELOW):
            raise ValueError(f"the descent must end clearly, and before {most} steps: {slopes[-2:]} after {runs}")
        outputs = {"candidate_next": candidate, "energy": energy, "slope": slope, "iterations": np.array([runs])}
        exchanges.append(Exchange(inputs | {"steps": np.array([most])}, outputs))
    return exchanges


class GuidedDiffusion(nn.Module):
    """A step of deterministic sampling, from the share of signal `alpha` to `alpha_next`, guided away from the label that means none."""

    def __init__(self):
        super().__init__()
        self.denoiser = Denoiser(Conditioned(), Conditioned())

    def forward(self, x, label, guidance, t, alpha, alpha_next):
        none = self.denoiser(x, t, torch.full_like(label, 10))
        noise = none + guidance * (self.denoiser(x, t, label) - none)
        clean = (x - (1 - alpha).sqrt() * noise) / alpha.sqrt()
        return alpha_next.sqrt() * clean + (1 - alpha_next).sqrt() * noise


STEPS = 10
SIGNAL = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
TIMES = [1000 // STEPS * n for n in reversed(range(STEPS))]
ALPHAS = [float(np.float32(SIGNAL[t])) for t in TIMES]
SCHEDULE = {"t": [float(t) for t in TIMES], "alpha": ALPHAS, "alpha_next": [*ALPHAS[1:], 1.0]}


def noise(rows):
    return {"x": torch.randn(rows, 4, 8, 8), "label": torch.tensor([3, 7][:rows]), "guidance": torch.tensor([4.0])}


def sampled(module):
    exchanges = []
    for rows in (2, 1):
        inputs = noise(rows)
        x = inputs["x"]
        for t, alpha, alpha_next in zip(*SCHEDULE.values()):
            x = module(x, inputs["label"], inputs["guidance"], torch.full((rows,), t), torch.tensor([alpha]), torch.tensor([alpha_next]))
        exchanges.append(Exchange(inputs, {"x_next": x, "iterations": np.array([STEPS])}))
    return exchanges


class RectifiedFlow(nn.Module):
    """A step of Euler along the velocity of a set of latents, which see an image's tokens; halves of the transformer are joined by long skips."""

    def __init__(self):
        super().__init__()
        self.embed, self.time, self.out = nn.Linear(8, DIM), Mlp(DIM), nn.Linear(DIM, 8)
        self.cross, self.norm, self.none = Attention(DIM), nn.LayerNorm(DIM), nn.Parameter(torch.zeros(1, 1, DIM))
        self.down, self.middle, self.up, self.skip = Conditioned(), Conditioned(), Conditioned(), nn.Linear(2 * DIM, DIM)

    def velocity(self, latents, context, t):
        c = self.time(waves(1000 * t)).expand(latents.shape[0], DIM)
        first = self.down(self.embed(latents), c)
        h = self.middle(first + self.cross(self.norm(first), context=context), c)
        return self.out(self.up(self.skip(torch.cat([h, first], -1)), c))

    def forward(self, latents, context, guidance, step, steps):
        t = step.float() / steps.float()
        none = self.velocity(latents, self.none.expand_as(context), t)
        velocity = none + guidance * (self.velocity(latents, context, t) - none)
        return latents + velocity / steps.float()


def shapes(rows, tokens):
    return {"latents": torch.randn(rows, tokens, 8), "context": torch.randn(rows, 5, DIM), "guidance": torch.tensor([3.0])}


def flowed(module):
    exchanges = []
    for rows, tokens, steps in [(2, 6, 8), (1, 9, 3)]:
        inputs = shapes(rows, tokens)
        latents = inputs["latents"]
        for step in range(steps):
            latents = module(latents, inputs["context"], inputs["guidance"], torch.tensor([step]), torch.tensor([steps]))
        exchanges.append(Exchange(inputs | {"steps": np.array([steps])}, {"latents_next": latents, "iterations": np.array([steps])}))
    return exchanges


def batched(**others):
    return {name: {0: "batch", **more} for name, more in others.items()}


ENTRIES = [
    Driven("stateful-conformer", "000/57", "chunks of speech with caches of attention, convolution and length: what they give is the answer for the whole",
           ["log_probs", "cache_channel_next", "cache_time_next", "cache_length_next"],
           {"session": {"caches": {name: name + "_next" for name in ("cache_channel", "cache_time", "cache_length")}}},
           batched(chunk={1: "frames"}, cache_channel={}, cache_time={}, cache_length={}, log_probs={1: "steps"},
                   cache_channel_next={}, cache_time_next={}, cache_length_next={}),
           StatefulConformer,
           lambda module: {"chunk": torch.randn(2, 8, BANDS), "cache_channel": torch.randn(2, 2, module.past, DIM),
                           "cache_time": torch.randn(2, 2, DIM, module.taps - 1), "cache_length": torch.tensor([3, 6])},
           spoken),
    Driven("energy-descent", "001/58 002/31 002/32", "down the gradient of a transformer's energy until it is flat, or for as many steps as asked",
           ["candidate_next", "energy", "slope"],
           {"loop": {"count": {"input": "steps", "max": 200}, "state": {"candidate": "candidate_next"}, "stop": {"output": "slope", "below": BELOW}}},
           {}, Energy, lambda module: scene(), descended, descending),
    Driven("dit-sampler", "004/50", "deterministic sampling by a table of times and noise, guidance inside the graph",
           ["x_next"], {"loop": {"count": STEPS, "state": {"x": "x_next"}, "index": SCHEDULE}},
           batched(x={}, label={}, t={}, x_next={}), GuidedDiffusion,
           lambda module: noise(2) | {"t": torch.tensor([10.0, 500.0]), "alpha": torch.tensor([0.5]), "alpha_next": torch.tensor([0.7])}, sampled),
    Driven("rectified-flow", "001/53 003/29", "Euler's steps along a velocity, as many as asked, guidance inside the graph",
           ["latents_next"], {"loop": {"count": {"input": "steps", "max": 100}, "state": {"latents": "latents_next"}, "index": "step"}},
           batched(latents={1: "tokens"}, context={1: "seen"}, latents_next={1: "tokens"}), RectifiedFlow,
           lambda module: shapes(2, 6) | {"step": torch.tensor([1]), "steps": torch.tensor([4])}, flowed),
]
