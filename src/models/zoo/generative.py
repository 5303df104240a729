"""One step of diffusion, flow and energy models, written from their papers. The loop around it is the server's."""

import math

import torch
from torch import nn

from entry import Registry
from layers import Attention, Block, Mlp, causal

ENTRIES = Registry()
DIM, SIDE = 16, 4


def waves(t, dim=DIM):
    angle = t[:, None] * torch.exp(-math.log(10000.0) * torch.arange(dim // 2) / (dim // 2))
    return torch.cat([angle.cos(), angle.sin()], -1)


class Conditioned(nn.Module):
    """A block whose scales, shifts and gates come from the condition (adaLN-Zero)."""

    def __init__(self, mixer=None):
        super().__init__()
        self.norm, self.six = nn.LayerNorm(DIM, elementwise_affine=False), nn.Linear(DIM, 6 * DIM)
        self.mixer, self.mlp = mixer or Attention(DIM), Mlp(DIM)

    def forward(self, x, c):
        a, b, g, d, e, h = self.six(nn.functional.silu(c))[:, None].chunk(6, -1)
        x = x + g * self.mixer(self.norm(x) * (1 + a) + b)
        return x + h * self.mlp(self.norm(x) * (1 + d) + e)


class Denoiser(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.embed, self.labels, self.time = nn.Conv2d(4, DIM, 2, 2), nn.Embedding(11, DIM), Mlp(DIM)
        self.positions, self.blocks = nn.Parameter(torch.zeros(1, SIDE * SIDE, DIM)), nn.ModuleList(blocks)
        self.out = nn.Linear(DIM, 16)

    def forward(self, x, t, label):
        c = self.time(waves(t)) + self.labels(label)
        h = self.embed(x).flatten(2).transpose(1, 2) + self.positions
        for block in self.blocks:
            h = block(h, c)
        h = self.out(h).reshape(-1, SIDE, SIDE, 4, 2, 2)
        return h.permute(0, 3, 1, 4, 2, 5).reshape(-1, 4, 2 * SIDE, 2 * SIDE)


def noisy():
    return {"x": torch.randn(2, 4, 8, 8), "t": torch.tensor([10.0, 500.0]), "label": torch.tensor([3, 7])}


@ENTRIES.entry("dit", "004/50", "a diffusion transformer, conditioned by adaptive norms", outputs=["noise"])
def _():
    return Denoiser(Conditioned(), Conditioned()), noisy()


@ENTRIES.entry("u-dit", "004/28", "a diffusion transformer that attends over downsampled tokens", outputs=["noise"])
def _():
    class Down(nn.Module):
        """The map in four interleaved quarters, each attending by itself, then put back."""

        def __init__(self):
            super().__init__()
            self.attention = Attention(DIM)

        def forward(self, x):
            b = x.shape[0]
            q = x.reshape(b, 2, 2, 2, 2, DIM).permute(0, 2, 4, 1, 3, 5).reshape(b * 4, 4, DIM)
            q = self.attention(q).reshape(b, 2, 2, 2, 2, DIM)
            return q.permute(0, 3, 1, 4, 2, 5).reshape(b, SIDE * SIDE, DIM)

    return Denoiser(Conditioned(Down()), Conditioned(Down())), noisy()


@ENTRIES.entry("grafted-dit", "000/46", "attention of a diffusion transformer replaced by a gated convolution", outputs=["noise"])
def _():
    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.three, self.out = nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)
            self.first, self.second = (nn.Conv1d(DIM, DIM, 3, padding=1, groups=DIM) for _ in range(2))

        def forward(self, x):
            a, b, c = (t.transpose(1, 2) for t in self.three(x).chunk(3, -1))
            return self.out((c * self.second(self.first(a) * b)).transpose(1, 2))

    return Denoiser(Conditioned(Gated()), Conditioned()), noisy()


@ENTRIES.entry("vdt", "001/79", "a video diffusion transformer, attention over time and over space apart", outputs=["noise"])
def _():
    class SpaceTime(nn.Module):
        def __init__(self, frames=4):
            super().__init__()
            self.frames, self.time, self.space = frames, Attention(DIM), Attention(DIM)

        def forward(self, x):
            b, n, d = x.shape
            f, s = self.frames, n // self.frames
            t = self.time(x.reshape(b, f, s, d).transpose(1, 2).reshape(b * s, f, d)).reshape(b, s, f, d).transpose(1, 2)
            return self.space((x.reshape(b, f, s, d) + t).reshape(b * f, s, d)).reshape(b, n, d)

    class Video(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.time, self.blocks, self.out = nn.Linear(16, DIM), Mlp(DIM), nn.ModuleList(Conditioned(SpaceTime()) for _ in range(2)), nn.Linear(DIM, 16)

        def forward(self, video, t):
            h, c = self.embed(video.flatten(1, 2)), self.time(waves(t))
            for block in self.blocks:
                h = block(h, c)
            return self.out(h).reshape(video.shape)

    return Video(), {"video": torch.randn(2, 4, 4, 16), "t": torch.tensor([5.0, 90.0])}


@ENTRIES.entry("energy-transformer", "001/58 002/31 002/32", "a step down the gradient of a learned energy; the gradient is part of the graph",
               outputs=["prediction_next", "energy"])
def _():
    class Energy(nn.Module):
        """E = w . tanh(A context + B prediction), so dE/dprediction = ((1 - tanh^2) * w) B, averaged over the context's tokens."""

        def __init__(self, rate=0.5):
            super().__init__()
            self.context, self.a, self.b, self.w, self.rate = Block(DIM), nn.Linear(DIM, 32), nn.Linear(DIM, 32, bias=False), nn.Parameter(torch.ones(32)), rate

        def forward(self, context, prediction):
            h = torch.tanh(self.a(self.context(context).mean(1)) + self.b(prediction))
            energy = h @ self.w + 0.5 * prediction.square().sum(-1)
            gradient = ((1 - h * h) * self.w) @ self.b.weight + prediction
            return prediction - self.rate * gradient, energy

    return Energy(), {"context": torch.randn(2, 6, DIM), "prediction": torch.randn(2, DIM)}


@ENTRIES.entry("starflow", "000/33", "one autoregressive affine flow over latents: a causal transformer gives mean and scale of each token", outputs=["z", "log_det"])
def _():
    class Flow(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.first, self.second, self.out = nn.Linear(4, DIM), Block(DIM), Block(DIM), nn.Linear(DIM, 8)

        def forward(self, x):
            before = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)
            h = self.second(self.first(self.embed(before), causal(SIDE * SIDE)), causal(SIDE * SIDE))
            mean, scale = self.out(h).chunk(2, -1)
            scale = torch.tanh(scale)
            return (x - mean) * torch.exp(-scale), -scale.sum((1, 2))

    return Flow(), {"x": torch.randn(2, SIDE * SIDE, 4)}


@ENTRIES.entry("dimr", "000/69", "branches of several resolutions, layer norms whose weights depend on time", outputs=["noise"])
def _():
    class TimeNorm(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Parameter(torch.ones(2, DIM)), nn.Parameter(torch.zeros(2, DIM))
            self.w = nn.Linear(1, 1)

        def forward(self, x, t):
            s = self.w(t[:, None] / 1000).sigmoid()[..., None]
            x = (x - x.mean(-1, keepdim=True)) * torch.rsqrt(x.var(-1, keepdim=True, unbiased=False) + 1e-6)
            return x * (s * self.a[0] + (1 - s) * self.a[1]) + s * self.b[0] + (1 - s) * self.b[1]

    class Branch(nn.Module):
        def __init__(self, mixer):
            super().__init__()
            self.norm1, self.norm2, self.mixer, self.mlp = TimeNorm(), TimeNorm(), mixer, Mlp(DIM)

        def forward(self, x, t):
            x = x + self.mixer(self.norm1(x, t))
            return x + self.mlp(self.norm2(x, t))

    class Depthwise(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(DIM, DIM, 3, padding=1, groups=DIM)

        def forward(self, x):
            return self.conv(x.transpose(1, 2).reshape(-1, DIM, 8, 8)).flatten(2).transpose(1, 2)

    class Dimr(nn.Module):
        def __init__(self):
            super().__init__()
            self.coarse, self.fine, self.out = nn.Conv2d(4, DIM, 2, 2), nn.Conv2d(4, DIM, 1), nn.Linear(DIM, 4)
            self.low, self.high = Branch(Attention(DIM)), Branch(Depthwise())

        def forward(self, x, t):
            low = self.low(self.coarse(x).flatten(2).transpose(1, 2), t)
            up = nn.functional.interpolate(low.transpose(1, 2).reshape(-1, DIM, 4, 4), scale_factor=2.0, mode="nearest")
            high = self.high((self.fine(x) + up).flatten(2).transpose(1, 2), t)
            return self.out(high).transpose(1, 2).reshape(x.shape)

    return Dimr(), {"x": torch.randn(2, 4, 8, 8), "t": torch.tensor([10.0, 500.0])}
