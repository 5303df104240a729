"""Vision architectures over feature maps, written from their papers."""

import torch
import torch.nn.functional as F
from torch import nn

from entry import Registry, image
from layers import Attention, MapBlock, MapClassifier

ENTRIES = Registry()
DIM = 16


def stem(dim=DIM, stride=4):
    return nn.Conv2d(3, dim, stride, stride)


class Tokens(nn.Module):
    """Runs a token mixer over a map."""

    def __init__(self, mixer):
        super().__init__()
        self.mixer = mixer

    def forward(self, x):
        return self.mixer(x.flatten(2).transpose(1, 2)).transpose(1, 2).reshape(x.shape)


@ENTRIES.entry("unireplknet", "000/58", "large depthwise kernels with dilated branches, squeeze-and-excitation")
def _():
    class LargeKernel(nn.Module):
        def __init__(self):
            super().__init__()
            self.main = nn.Conv2d(DIM, DIM, 13, padding=6, groups=DIM)
            self.branches = nn.ModuleList(
                nn.Conv2d(DIM, DIM, k, padding=(k - 1) * r // 2, dilation=r, groups=DIM) for k, r in ((5, 1), (7, 2), (3, 3)))
            self.squeeze, self.excite, self.norm = nn.Conv2d(DIM, 4, 1), nn.Conv2d(4, DIM, 1), nn.BatchNorm2d(DIM)

        def forward(self, x):
            x = self.norm(self.main(x) + sum(b(x) for b in self.branches))
            return x * self.excite(F.relu(self.squeeze(x.mean((2, 3), keepdim=True)))).sigmoid()

    return MapClassifier(stem(), [MapBlock(DIM, LargeKernel()), MapBlock(DIM, LargeKernel())], DIM), {"image": image(64)}


@ENTRIES.entry("evonorm", "000/36", "EvoNorm-S0 (group form) in a residual network")
def _():
    class EvoNorm(nn.Module):
        def __init__(self, dim, groups=4):
            super().__init__()
            self.groups = groups
            self.v, self.weight, self.bias = (nn.Parameter(torch.full((dim,), 1.0 * i)) for i in (1, 1, 0))

        def forward(self, x):
            b, c, h, w = x.shape
            spread = x.reshape(b, self.groups, -1).var(-1, keepdim=True).add(1e-5).sqrt()
            spread = spread.expand(-1, -1, c // self.groups).reshape(b, c, 1, 1)
            return x * (x * self.v[:, None, None]).sigmoid() / spread * self.weight[:, None, None] + self.bias[:, None, None]

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Conv2d(DIM, DIM, 3, padding=1), nn.Conv2d(DIM, DIM, 3, padding=1)
            self.norm1, self.norm2 = EvoNorm(DIM), EvoNorm(DIM)

        def forward(self, x):
            return x + self.second(self.norm2(self.first(self.norm1(x))))

    return MapClassifier(stem(), [Residual(), Residual()], DIM), {"image": image()}


@ENTRIES.entry("grassmann-classes", "000/34", "a class is a subspace, its logit the length of the projection")
def _():
    class Subspaces(nn.Module):
        def __init__(self, classes=10, rank=4):
            super().__init__()
            self.features = nn.Sequential(stem(), nn.GELU(), nn.Conv2d(DIM, DIM, 3, padding=1), nn.GELU())
            self.register_buffer("bases", torch.linalg.qr(torch.randn(classes, DIM, rank))[0])

        def forward(self, image):
            x = self.features(image).mean((2, 3))
            return torch.einsum("bd,cdr->bcr", x, self.bases).square().sum(-1).sqrt() * 10

    return Subspaces(), {"image": image()}


@ENTRIES.entry("revcol", "002/1", "columns of levels joined by reversible links")
def _():
    class Level(nn.Module):
        def __init__(self, dim):
            super().__init__()
            self.block, self.scale = MapBlock(dim, nn.Conv2d(dim, dim, 3, padding=1, groups=dim)), nn.Parameter(torch.ones(dim, 1, 1))

        def forward(self, fused, before):
            return self.block(fused) + self.scale * before

    class Columns(nn.Module):
        def __init__(self, columns=2, dims=(8, 12, 16)):
            super().__init__()
            self.stem, self.head = stem(dims[0]), nn.Linear(dims[-1], 10)
            pairs = list(zip(dims, dims[1:]))
            self.down = nn.ModuleList(nn.ModuleList(nn.Conv2d(a, b, 2, 2) for a, b in pairs) for _ in range(columns))
            self.up = nn.ModuleList(nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairs) for _ in range(columns))
            self.levels = nn.ModuleList(nn.ModuleList(Level(d) for d in dims) for _ in range(columns))

        def forward(self, image):
            start = self.stem(image)
            state = [torch.zeros_like(start)] * 3
            for c, levels in enumerate(self.levels):
                below = start
                for i, level in enumerate(levels):
                    fused = below if i == 0 else self.down[c][i - 1](below)
                    if c > 0 and i < 2:
                        fused = fused + F.interpolate(self.up[c][i](state[i + 1]), scale_factor=2.0, mode="nearest")
                    below = level(fused, state[i]) if c > 0 else level.block(fused)
                    state[i] = below
            return self.head(below.mean((2, 3)))

    return Columns(), {"image": image()}


@ENTRIES.entry("ascan", "000/30", "convolution blocks early, transformer blocks late, unevenly")
def _():
    conv = lambda: MapBlock(DIM, nn.Sequential(nn.Conv2d(DIM, DIM, 1), nn.GELU(), nn.Conv2d(DIM, DIM, 3, padding=1, groups=DIM)))
    attend = lambda: MapBlock(DIM, Tokens(Attention(DIM)))
    return MapClassifier(stem(), [conv(), conv(), attend(), nn.Conv2d(DIM, DIM, 2, 2), conv(), attend(), attend()], DIM), {"image": image()}


@ENTRIES.entry("smt", "001/26", "scale-aware modulation by convolutions of several sizes, later attention")
def _():
    class Modulation(nn.Module):
        def __init__(self, heads=4):
            super().__init__()
            self.v, self.s, self.o, self.heads = nn.Conv2d(DIM, DIM, 1), nn.Conv2d(DIM, DIM, 1), nn.Conv2d(DIM, DIM, 1), heads
            each = DIM // heads
            self.convs = nn.ModuleList(nn.Conv2d(each, each, 3 + 2 * i, padding=1 + i, groups=each) for i in range(heads))
            self.mix = nn.Sequential(nn.Conv2d(DIM, 2 * DIM, 1, groups=each), nn.GELU(), nn.Conv2d(2 * DIM, DIM, 1))

        def forward(self, x):
            parts = [conv(part) for conv, part in zip(self.convs, self.s(x).chunk(self.heads, 1))]
            scales = torch.stack(parts, 2).flatten(1, 2)
            return self.o(self.mix(scales) * self.v(x))

    return MapClassifier(stem(), [MapBlock(DIM, Modulation()), MapBlock(DIM, Tokens(Attention(DIM)))], DIM), {"image": image()}


@ENTRIES.entry("fmvit", "001/15 002/27 004/82", "low and high frequencies mixed, depthwise blocks in their deployed form")
def _():
    class Frequencies(nn.Module):
        def __init__(self):
            super().__init__()
            self.high = nn.Conv2d(DIM, DIM, 3, padding=1, groups=4)
            self.low, self.mix, self.join = Tokens(Attention(DIM)), nn.Conv2d(DIM, DIM, 1), nn.Conv2d(2 * DIM, DIM, 1)

        def forward(self, x):
            smooth = F.avg_pool2d(x, 3, 1, 1)
            return self.join(torch.cat([self.low(smooth), self.mix(F.relu(self.high(x - smooth)))], 1))

    return MapClassifier(stem(), [MapBlock(DIM, Frequencies()), MapBlock(DIM, Frequencies())], DIM), {"image": image()}


@ENTRIES.entry("vit-resnas", "003/48 004/74", "residual spatial reduction between the stages of a vision transformer")
def _():
    class Reduce(nn.Module):
        def __init__(self, a, b):
            super().__init__()
            self.conv, self.skip, self.norm = nn.Conv2d(a, b, 2, 2), nn.Conv2d(a, b, 1), nn.GroupNorm(1, a)

        def forward(self, x):
            return self.conv(self.norm(x)) + self.skip(F.avg_pool2d(x, 2))

    blocks = [MapBlock(DIM, Tokens(Attention(DIM))), Reduce(DIM, 24), MapBlock(24, Tokens(Attention(24)))]
    return MapClassifier(stem(), blocks, 24), {"image": image()}


@ENTRIES.entry("ds-transunet", "003/24", "a U-Net of attention blocks over two patch scales with a fusing bridge", outputs=["mask"])
def _():
    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.fine, self.coarse = stem(DIM, 2), stem(DIM, 4)
            self.a, self.b, self.c = (MapBlock(DIM, Tokens(Attention(DIM))) for _ in range(3))
            self.down, self.fuse = nn.Conv2d(DIM, DIM, 2, 2), nn.Conv2d(2 * DIM, DIM, 1)
            self.up, self.join, self.head = nn.ConvTranspose2d(DIM, DIM, 2, 2), nn.Conv2d(2 * DIM, DIM, 3, padding=1), nn.Conv2d(DIM, 1, 1)

        def forward(self, image):
            fine = self.a(self.fine(image))
            deep = self.fuse(torch.cat([self.b(self.down(fine)), self.coarse(image)], 1))
            up = F.relu(self.join(torch.cat([self.up(self.c(deep)), fine], 1)))
            return F.interpolate(self.head(up), scale_factor=2.0, mode="bilinear", align_corners=False)

    return UNet(), {"image": image()}


@ENTRIES.entry("dlgsanet", "001/11", "super-resolution by dynamic local and sparse global attention over channels, pixel shuffle", outputs=["image_x2"])
def _():
    class SparseGlobal(nn.Module):
        """Attention between channels, negative similarities dropped by ReLU."""

        def __init__(self):
            super().__init__()
            self.qkv, self.o = nn.Conv2d(DIM, 3 * DIM, 1), nn.Conv2d(DIM, DIM, 1)

        def forward(self, x):
            q, k, v = (t.flatten(2) for t in self.qkv(x).chunk(3, 1))
            q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
            return self.o((F.relu(q @ k.transpose(1, 2)) @ v).reshape(x.shape))

    class DynamicLocal(nn.Module):
        """Per-pixel 3x3 filters predicted from the features."""

        def __init__(self):
            super().__init__()
            self.kernel, self.v = nn.Conv2d(DIM, 9, 3, padding=1), nn.Conv2d(DIM, DIM, 1)

        def forward(self, x):
            b, c, h, w = x.shape
            near = F.unfold(self.v(x), 3, padding=1).reshape(b, c, 9, h, w)
            return (near * self.kernel(x)[:, None]).sum(2)

    class Upscale(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = nn.Conv2d(3, DIM, 3, padding=1), nn.Conv2d(DIM, 12, 3, padding=1)
            self.blocks = nn.Sequential(MapBlock(DIM, DynamicLocal()), MapBlock(DIM, SparseGlobal()))

        def forward(self, image):
            x = self.first(image)
            return F.pixel_shuffle(self.last(x + self.blocks(x)), 2)

    return Upscale(), {"image": image(16)}
