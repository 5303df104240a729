"""Vision transformers over patch tokens, written from their papers."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from entry import Registry, image
from layers import Attention, Block, Classifier, Glu, Mlp, Patches, RmsNorm, causal

ENTRIES = Registry()
DIM, SIDE = 24, 4


def classifier(blocks, **options):
    return Classifier(Patches(DIM, SIDE * SIDE), blocks, DIM, **options), {"image": image()}


@ENTRIES.entry("activator", "000/24 003/57", "gated linear units in place of attention and of the second MLP")
def _():
    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.mix, self.glu = nn.LayerNorm(DIM), nn.Linear(SIDE * SIDE, SIDE * SIDE), Glu(DIM)

        def forward(self, x):
            h = self.norm(x)
            return x + self.glu(h + self.mix(h.transpose(1, 2)).transpose(1, 2))

    return classifier([Gated(), Gated()])


@ENTRIES.entry("crate", "000/66", "attention over subspaces, then one sparsifying step (ISTA)")
def _():
    class Subspace(nn.Module):
        def __init__(self, heads=2):
            super().__init__()
            self.heads, self.u, self.o = heads, nn.Linear(DIM, DIM, bias=False), nn.Linear(DIM, DIM)

        def forward(self, x):
            w = self.u(x).reshape(x.shape[0], -1, self.heads, DIM // self.heads).transpose(1, 2)
            mixed = (w @ w.transpose(-1, -2) / math.sqrt(DIM // self.heads)).softmax(-1) @ w
            return self.o(mixed.transpose(1, 2).reshape(x.shape))

    class Ista(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2, self.mssa = nn.LayerNorm(DIM), nn.LayerNorm(DIM), Subspace()
            self.d = nn.Parameter(torch.zeros(DIM, DIM))

        def forward(self, x):
            x = x + self.mssa(self.norm1(x))
            z = self.norm2(x)
            residual = z - z @ self.d.t()
            return F.relu(z + 0.1 * (residual @ self.d) - 0.1 * 0.1)

    return classifier([Ista(), Ista()])


@ENTRIES.entry("t2t-vit", "004/67", "tokens to token by overlapping unfolds, then a deep narrow backbone")
def _():
    class Narrow(nn.Module):
        """Attention that gives fewer channels than it takes; its residual is the values."""

        def __init__(self, wide, dim):
            super().__init__()
            self.norm1, self.qkv, self.o, self.norm2, self.mlp = nn.LayerNorm(wide), nn.Linear(wide, 3 * dim), nn.Linear(dim, dim), nn.LayerNorm(dim), Mlp(dim)

        def forward(self, x):
            q, k, v = self.qkv(self.norm1(x)).chunk(3, -1)
            x = v + self.o((q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])).softmax(-1) @ v)
            return x + self.mlp(self.norm2(x))

    class Stem(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second, self.last = Narrow(27, 16), Narrow(16 * 9, 16), nn.Linear(16, DIM)

        def forward(self, x):
            t = F.unfold(x, 3, stride=4, padding=1).transpose(1, 2)
            t = self.first(t).transpose(1, 2).reshape(-1, 16, 8, 8)
            return self.last(self.second(F.unfold(t, 3, stride=2, padding=1).transpose(1, 2)))

    return Classifier(Stem(), [Block(DIM), Block(DIM)], DIM), {"image": image()}


@ENTRIES.entry("illama", "003/11", "a causal decoder as classifier, class token behind the patches, rotary positions and SwiGLU")
def _():
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches, self.token = Patches(DIM, 16), nn.Parameter(torch.zeros(1, 1, DIM))
            self.blocks = nn.ModuleList(Block(DIM, mlp=Glu(DIM, activation=F.silu), norm=RmsNorm) for _ in range(2))
            self.norm, self.head = RmsNorm(DIM), nn.Linear(DIM, 10)

        def forward(self, image):
            x = self.patches(image)
            x = torch.cat([x, self.token.expand(x.shape[0], -1, -1)], 1)
            for block in self.blocks:
                x = block(x, causal(17))
            return self.head(self.norm(x)[:, -1])

    return Last(), {"image": image()}


@ENTRIES.entry("sret", "001/14 002/20 004/13", "one block applied again and again, attention sliced into groups")
def _():
    class Recursive(nn.Module):
        def __init__(self):
            super().__init__()
            self.block, self.between = Block(DIM), nn.ModuleList(Mlp(DIM) for _ in range(2))

        def forward(self, x):
            for groups, between in zip((4, 1), self.between):
                b, n, c = x.shape
                x = self.block(x.reshape(b * groups, n // groups, c)).reshape(b, n, c)
                x = x + between(x.reshape(b, groups, n // groups, c).transpose(1, 2).reshape(b, n, c))
            return x

    return classifier([Recursive()])


@ENTRIES.entry("sit", "002/18", "token slimming: many tokens softly joined into few")
def _():
    class Slim(nn.Module):
        def __init__(self, keep):
            super().__init__()
            self.score, self.scale = Mlp(DIM, out=keep), nn.Parameter(torch.ones(1))

        def forward(self, x):
            return (self.score(x).transpose(1, 2) * self.scale).softmax(-1) @ x

    return classifier([Block(DIM), Slim(8), Block(DIM), Slim(4), Block(DIM)])


@ENTRIES.entry("rmt", "002/28 004/118", "attention along both image axes with decay by distance")
def _():
    class Decay(Attention):
        def forward(self, x):
            b, n, c = x.shape
            axis = torch.arange(SIDE)
            far = (axis[:, None] - axis[None]).abs().float()
            decay = torch.log(1 - 2.0 ** (-2 - torch.arange(self.heads).float()))[:, None, None] * far
            q, k, v = (self.split(f(x)).reshape(b, self.heads, SIDE, SIDE, -1) for f in (self.q, self.k, self.v))
            for swap in (False, True):
                if swap:
                    q, k, v = q.transpose(2, 3), k.transpose(2, 3), v.transpose(2, 3)
                weights = (q @ k.transpose(-1, -2) / math.sqrt(self.size)).softmax(-1) * decay.exp()[:, None]
                v = weights @ v
            return self.o(self.join(v.transpose(2, 3).reshape(b, self.heads, n, -1)))

    return classifier([Block(DIM, Decay(DIM)), Block(DIM, Decay(DIM))])


@ENTRIES.entry("cswin", "004/8", "heads attend in horizontal and vertical stripes, with local positions from a depthwise convolution")
def _():
    class Stripes(nn.Module):
        def __init__(self, width=2):
            super().__init__()
            self.width, self.half = width, DIM // 2
            self.qkv, self.o = nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)
            self.lepe = nn.ModuleList(nn.Conv2d(self.half, self.half, 3, padding=1, groups=self.half) for _ in range(2))

        def windows(self, x, rows, columns):
            b, c = x.shape[0], x.shape[-1]
            x = x.reshape(b, SIDE // rows, rows, SIDE // columns, columns, c).transpose(2, 3)
            return x.reshape(b * SIDE * SIDE // (rows * columns), rows * columns, c)

        def back(self, x, rows, columns):
            x = x.reshape(-1, SIDE // rows, SIDE // columns, rows, columns, self.half).transpose(2, 3)
            return x.reshape(-1, SIDE * SIDE, self.half)

        def forward(self, x):
            halves = []
            for i, part in enumerate(self.qkv(x).reshape(x.shape[0], -1, 2, 3 * self.half).unbind(2)):
                rows, columns = (self.width, SIDE) if i == 0 else (SIDE, self.width)
                q, k, v = part.chunk(3, -1)
                local = self.lepe[i](v.transpose(1, 2).reshape(-1, self.half, SIDE, SIDE)).flatten(2).transpose(1, 2)
                q, k, v = (self.windows(t, rows, columns) for t in (q, k, v))
                mixed = (q @ k.transpose(1, 2) / math.sqrt(self.half)).softmax(-1) @ v
                halves.append(self.back(mixed, rows, columns) + local)
            return self.o(torch.cat(halves, -1))

    return classifier([Block(DIM, Stripes()), Block(DIM, Stripes())])


@ENTRIES.entry("stvit", "001/59", "attention over super tokens made by sparse association, mapped back")
def _():
    class SuperTokens(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = Attention(DIM)

        def forward(self, x):
            b, n, c = x.shape
            grid = x.transpose(1, 2).reshape(b, c, SIDE, SIDE)
            tokens = F.avg_pool2d(grid, 2).flatten(2).transpose(1, 2)
            share = (x @ tokens.transpose(1, 2) / math.sqrt(c)).softmax(-1)
            tokens = (share / (share.sum(1, keepdim=True) + 1e-6)).transpose(1, 2) @ x
            return share @ self.attention(tokens)

    return classifier([Block(DIM, SuperTokens()), Block(DIM, SuperTokens())])


@ENTRIES.entry("hyena-nd", "003/39", "gated long convolutions over both image axes by implicit filters")
def _():
    class Hyena(nn.Module):
        def __init__(self):
            super().__init__()
            self.proj, self.out, self.bias = nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM), nn.Parameter(torch.zeros(DIM))
            self.short = nn.Conv2d(3 * DIM, 3 * DIM, 3, padding=1, groups=3 * DIM)
            self.filter = Mlp(2, 16, out=DIM)
            axis = torch.linspace(-1, 1, 2 * SIDE - 1)
            self.register_buffer("grid", torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1))

        def forward(self, x):
            b, n, c = x.shape
            q, k, v = self.short(self.proj(x).transpose(1, 2).reshape(b, -1, SIDE, SIDE)).chunk(3, 1)
            window = torch.exp(-2 * self.grid.abs().sum(-1))[..., None]
            kernel = (self.filter(self.grid) * window).permute(2, 0, 1)[:, None]
            u = k * v
            y = q * (F.conv2d(u, kernel, padding=SIDE - 1, groups=c) + u * self.bias[:, None, None])
            return self.out(y.flatten(2).transpose(1, 2))

    return classifier([Block(DIM, Hyena()), Block(DIM, Hyena())])


@ENTRIES.entry("vision-lstm", "004/33", "matrix-memory LSTM blocks that scan the patches in both directions", )
def _():
    class MLstm(nn.Module):
        """The parallel form of mLSTM: exponential input gates, sigmoid forget gates, stabilized in log space."""

        def __init__(self, backwards):
            super().__init__()
            self.backwards, self.qkv, self.gates, self.out = backwards, nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, 2), nn.Linear(DIM, DIM)

        def forward(self, x):
            n = x.shape[1]
            h = x.flip(1) if self.backwards else x
            q, k, v = self.qkv(h).chunk(3, -1)
            i, f = self.gates(h).unbind(-1)
            passed = torch.cumsum(F.logsigmoid(f), 1)
            d = passed[:, :, None] - passed[:, None, :] + i[:, None, :] + causal(n) * 100
            top = d.amax(-1, keepdim=True)
            c = (q @ k.transpose(1, 2) / math.sqrt(DIM)) * (d - top).exp()
            y = (c / torch.maximum(c.sum(-1, keepdim=True).abs(), (-top).exp())) @ v
            return self.out(y.flip(1) if self.backwards else y)

    return classifier([Block(DIM, MLstm(False)), Block(DIM, MLstm(True))])


@ENTRIES.entry("resformer-vision", "000/68", "global-local positions so that one model takes several resolutions", dynamic={"image": {2: "height", 3: "width"}})
def _():
    class MultiResolution(nn.Module):
        def __init__(self):
            super().__init__()
            self.proj, self.everywhere = nn.Conv2d(3, DIM, 8, 8), nn.Parameter(torch.zeros(1, DIM, 4, 4))
            self.local = nn.Conv2d(DIM, DIM, 3, padding=1, groups=DIM)
            self.blocks, self.head = nn.Sequential(Block(DIM), Block(DIM)), nn.Linear(DIM, 10)

        def forward(self, image):
            x = self.proj(image)
            x = x + F.interpolate(self.everywhere, size=x.shape[2:], mode="bilinear", align_corners=False)
            x = x + self.local(x)
            return self.head(self.blocks(x.flatten(2).transpose(1, 2)).mean(1))

    return MultiResolution(), {"image": image(48)}


@ENTRIES.entry("simple-click", "004/102", "a plain vision transformer with a second patch embedding for clicks and the last mask", outputs=["mask"])
def _():
    class Clicks(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches, self.clicks = Patches(DIM, 16), nn.Conv2d(3, DIM, 8, 8)
            self.blocks, self.head = nn.Sequential(Block(DIM), Block(DIM)), nn.ConvTranspose2d(DIM, 1, 8, 8)

        def forward(self, image, clicks):
            x = self.blocks(self.patches(image) + self.clicks(clicks).flatten(2).transpose(1, 2))
            return self.head(x.transpose(1, 2).reshape(-1, DIM, 4, 4))

    return Clicks(), {"image": image(), "clicks": (image() > 1.5).float()}


@ENTRIES.entry("minivit", "004/41", "one set of weights for several blocks, each with small transformations of its own")
def _():
    class Multiplexed(nn.Module):
        def __init__(self, depth=3, heads=4):
            super().__init__()
            self.attention, self.mlp = Attention(DIM, heads), Mlp(DIM)
            self.mix = nn.Parameter(torch.zeros(depth, heads, heads))
            self.convs = nn.ModuleList(nn.Conv1d(DIM, DIM, 3, padding=1, groups=DIM) for _ in range(depth))
            self.norms = nn.ModuleList(nn.LayerNorm(DIM) for _ in range(2 * depth))

        def forward(self, x):
            a = self.attention
            for i, conv in enumerate(self.convs):
                h = self.norms[2 * i](x)
                q, k, v = a.split(a.q(h)), a.split(a.k(h)), a.split(a.v(h))
                weights = (q @ k.transpose(-1, -2) / math.sqrt(a.size)).softmax(-1)
                x = x + a.o(a.join(torch.einsum("gh,bhqk->bgqk", self.mix[i], weights) @ v))
                h = self.norms[2 * i + 1](x)
                x = x + self.mlp(conv(h.transpose(1, 2)).transpose(1, 2))
            return x

    return classifier([Multiplexed()])


@ENTRIES.entry("vssd", "001/49", "a state space over patches without an order: every patch adds to one state that all read")
def _():
    class NonCausal(nn.Module):
        def __init__(self, heads=2, states=8):
            super().__init__()
            self.heads, self.states = heads, states
            self.put, self.parameters_of, self.out = nn.Linear(DIM, 2 * DIM), nn.Linear(DIM, heads + 2 * states), nn.Linear(DIM, DIM)
            self.conv, self.norm = nn.Conv2d(DIM, DIM, 3, padding=1, groups=DIM), nn.LayerNorm(DIM)

        def forward(self, x):
            b, n, _ = x.shape
            u, z = self.put(x).chunk(2, -1)
            u = F.silu(self.conv(u.transpose(1, 2).reshape(b, DIM, SIDE, SIDE)).flatten(2).transpose(1, 2))
            dt, write, read = self.parameters_of(u).split([self.heads, self.states, self.states], -1)
            weighted = u.reshape(b, n, self.heads, -1) * F.softplus(dt)[..., None]
            state = torch.einsum("bns,bnhd->bhsd", write, weighted) / n
            y = torch.einsum("bns,bhsd->bnhd", read, state).reshape(b, n, DIM)
            return self.out(self.norm(y + u) * F.silu(z))

    return classifier([Block(DIM, NonCausal()), Block(DIM, NonCausal())])


@ENTRIES.entry("meta-spikeformer", "003/7", "binary spikes over time steps, attention by products of spikes without softmax")
def _():
    class Spike(nn.Module):
        """Leaky integrate-and-fire over the time steps; fires above 1, and what fired is reset."""

        def forward(self, x):
            membrane, fired = torch.zeros_like(x[0]), []
            for step in x.unbind(0):
                membrane = membrane * 0.5 + step
                out = (membrane >= 1.0).float()
                membrane = membrane * (1 - out)
                fired.append(out)
            return torch.stack(fired)

    class SpikeBlock(nn.Module):
        def __init__(self):
            super().__init__()
            self.spike, self.q, self.k, self.v, self.o = Spike(), *(nn.Linear(DIM, DIM) for _ in range(4))
            self.up, self.down = nn.Linear(DIM, 48), nn.Linear(48, DIM)

        def forward(self, x):
            s = self.spike(x)
            q, k, v = self.spike(self.q(s)), self.spike(self.k(s)), self.spike(self.v(s))
            x = x + self.o(self.spike(q @ (k.transpose(-1, -2) @ v) * 0.25))
            return x + self.down(self.spike(self.up(self.spike(x))))

    class Spiking(nn.Module):
        def __init__(self, steps=4):
            super().__init__()
            self.steps, self.patches, self.blocks, self.head = steps, Patches(DIM, 16), nn.Sequential(SpikeBlock(), SpikeBlock()), nn.Linear(DIM, 10)

        def forward(self, image):
            x = self.patches(image)
            x = self.blocks(torch.stack([x] * self.steps))
            return self.head(x.mean((0, 2)))

    return Spiking(), {"image": image()}


@ENTRIES.entry("medvit-v2", "003/35", "neighborhood attention with gaps, feed-forwards of learned splines (KAN)")
def _():
    class Kan(nn.Module):
        """Each connection is a sum of Gaussian bumps over its input, beside a SiLU."""

        def __init__(self, into, out, bumps=4):
            super().__init__()
            self.base, self.spline = nn.Linear(into, out), nn.Linear(into * bumps, out)
            self.register_buffer("centers", torch.linspace(-2, 2, bumps))

        def forward(self, x):
            bumps = torch.exp(-(x[..., None] - self.centers).square())
            return self.base(F.silu(x)) + self.spline(bumps.flatten(-2))

    class Neighborhood(nn.Module):
        def __init__(self, gap):
            super().__init__()
            self.gap, self.qkv, self.o = gap, nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)

        def near(self, x):
            grid = x.transpose(1, 2).reshape(-1, DIM, SIDE, SIDE)
            return F.unfold(grid, 3, padding=self.gap, dilation=self.gap).reshape(-1, DIM, 9, SIDE * SIDE).permute(0, 3, 2, 1)

        def forward(self, x):
            q, k, v = self.qkv(x).chunk(3, -1)
            weights = ((q[:, :, None] * self.near(k)).sum(-1) / math.sqrt(DIM)).softmax(-1)
            return self.o((weights[..., None] * self.near(v)).sum(2))

    kan = lambda: nn.Sequential(Kan(DIM, 16), Kan(16, DIM))
    return classifier([Block(DIM, Neighborhood(1), kan()), Block(DIM, Neighborhood(2), kan())])


@ENTRIES.entry("vit-comer", "001/76 004/35", "a plain vision transformer that exchanges features with convolutions of several scales", outputs=["coarse", "fine"])
def _():
    class Comer(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches, self.a, self.b = Patches(DIM, 16), Block(DIM), Block(DIM)
            self.stem, self.down = nn.Conv2d(3, DIM, 4, 4), nn.Conv2d(DIM, DIM, 2, 2)
            self.scales = nn.ModuleList(nn.Conv2d(DIM, DIM, k, padding=k // 2, groups=DIM) for k in (3, 5))
            self.to_tokens, self.to_maps, self.norm = Attention(DIM), Attention(DIM), nn.LayerNorm(DIM)

        def forward(self, image):
            fine = self.stem(image)
            maps = [fine, self.down(fine)]
            pyramid = torch.cat([conv(m).flatten(2) for conv, m in zip(self.scales, maps)], 2).transpose(1, 2)
            x = self.patches(image)
            x = self.a(x + self.to_tokens(x, context=self.norm(pyramid)))
            pyramid = pyramid + self.to_maps(self.norm(pyramid), context=x)
            return self.b(x), pyramid.transpose(1, 2)[:, :, :64].reshape(-1, DIM, 8, 8)

    return Comer(), {"image": image()}


@ENTRIES.entry("svt", "001/28 002/12", "low and high frequencies parted by a wavelet, gated by products over channels, then attention")
def _():
    class Spectral(nn.Module):
        """One level of the Haar transform stands for the scattering network."""

        def __init__(self):
            super().__init__()
            self.low, self.high = nn.Parameter(torch.zeros(DIM, 2, 2)), nn.Parameter(torch.zeros(3, 4, DIM // 4, DIM // 4))

        def forward(self, x):
            b, n, c = x.shape
            g = x.transpose(1, 2).reshape(b, c, 2, 2, 2, 2)
            p, q, r, s = g[:, :, :, 0, :, 0], g[:, :, :, 0, :, 1], g[:, :, :, 1, :, 0], g[:, :, :, 1, :, 1]
            low = (p + q + r + s) / 2 * self.low
            bands = torch.stack([p + q - r - s, p - q + r - s, p - q - r + s], 1) / 2
            bands = torch.einsum("bokdhw,okde->bokehw", bands.reshape(b, 3, 4, c // 4, 2, 2), self.high).reshape(b, 3, c, 2, 2)
            h, v, d = bands.unbind(1)
            rows = [torch.stack([low + h + v + d, low + h - v - d], -1), torch.stack([low - h + v - d, low - h - v + d], -1)]
            return (torch.stack(rows, 3) / 2).reshape(b, c, n).transpose(1, 2)

    return classifier([Block(DIM, Spectral()), Block(DIM)])
