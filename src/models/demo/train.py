"""Trains one stage of the curriculum. Resumes from the newest checkpoint in the work folder, so it may be stopped at any time.

    python train.py --work FOLDER --stage bind --minutes 20
"""

import argparse
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import tokenizer as tokenizers_of_demo
from corpus import Corpus
from curriculum import STAGES, Stage, items_of
from lookup import start_as_lookup
from network import Network, Shape, grown, rotary_table
from optimizer import MuonAdam
from probe import correct

CHECKPOINT = "checkpoint.pt"


def most_telling(weights: torch.Tensor, share: float) -> torch.Tensor:
    """Indices of the tokens to score: the heaviest, and among equals random ones; the head is costly and quiet tokens are many."""
    count = int(share * weights.numel())
    return (weights.flatten() + 0.1 * torch.rand(weights.numel())).topk(count).indices.sort().values


@torch.compile(dynamic=False)
def losses_of(hidden, embedding, targets):
    """Cross-entropy in nats per scored token."""
    return F.cross_entropy(F.linear(hidden, embedding).float(), targets, reduction="none")


def weighted_loss(network, rotary, inputs, targets, weights, scored):
    """Mean cross-entropy in nats, weighted per token; second: the mean over the tokens that must be looked up."""
    with torch.autocast("cpu", torch.bfloat16):
        each = losses_of(network.hidden(inputs, *rotary).flatten(0, 1)[scored], network.embedding, targets.flatten()[scored])
    weights = weights.flatten()[scored]
    recall = (weights > 1.5).float()
    return (each * weights).sum() / weights.sum(), ((each * recall).sum() / recall.sum().clamp(min=1)).detach()


def stretched_positions(length: int, context: int) -> torch.Tensor:
    """0, 1, ... with up to three random leaps, so that short rows also teach the distances of long ones (Zhu et al. 2023, PoSE)."""
    if length >= context or torch.rand(()) < 0.3:
        return torch.arange(length)
    leaps = torch.zeros(length, dtype=torch.long)
    room = int(torch.randint(0, context - length, ()))
    for share in torch.rand(3).softmax(0):
        leaps[torch.randint(1, length, ())] += int(room * share)
    return torch.arange(length) + leaps.cumsum(0)


class Training:
    def __init__(self, work: Path, stage: Stage, rows: int, layers: int):
        work.mkdir(parents=True, exist_ok=True)
        self.work, self.stage, self.rows = work, stage, rows
        self.tokenizer = tokenizers_of_demo.train()
        self.network = self.fresh_network(layers)
        self.optimizer = MuonAdam(self.network)
        self.step, self.tokens, self.stage_step, seed = 0, 0, 0, 1
        if (work / CHECKPOINT).exists():
            saved = torch.load(work / CHECKPOINT, weights_only=False)
            self.take(saved, layers)
            self.step, self.tokens, seed = saved["step"], saved["tokens"], saved["seed"] + 1
        self.seed = seed  # every start draws fresh documents
        self.corpus = Corpus(self.tokenizer, stage.mix, stage.length, stage.quiet_weight, seed, stage.one_per_row)
        self.long_rotary = rotary_table(self.network.shape, self.network.shape.context)

    def fresh_network(self, layers: int) -> Network:
        network = Network(Shape(layers=layers))
        start_as_lookup(network)
        return network

    def take(self, saved: dict, layers: int) -> None:
        """Weights and momenta of a checkpoint; fewer layers than wanted are grown, with fresh momenta."""
        before = max(int(name.split(".")[1]) for name in saved["network"] if name.startswith("layers.")) + 1
        smaller = Network(Shape(layers=before))
        smaller.load_state_dict(saved["network"])
        if before == layers:
            self.network.load_state_dict(saved["network"])
            self.optimizer.restore(saved["optimizer"])
        else:
            self.network = grown(smaller, layers)
            self.optimizer = MuonAdam(self.network)

    def save(self) -> None:
        partial = self.work / (CHECKPOINT + ".part")
        torch.save({"network": self.network.state_dict(), "optimizer": self.optimizer.state(), "step": self.step,
                    "tokens": self.tokens, "seed": self.seed, "stage": self.stage.name}, partial)
        partial.replace(self.work / CHECKPOINT)

    def log(self, line: str) -> None:
        print(line, flush=True)
        with (self.work / "log.txt").open("a") as file:
            file.write(line + "\n")

    def gates(self, count: int) -> bool:
        """Exact match on fresh items of each gate lesson; True when all reach the gate."""
        passed = True
        for name, lesson in self.stage.gate.items():
            items = items_of(lesson, count, 1000 * self.step, name)
            with torch.compiler.set_stance("force_eager"):  # every batch of items has another shape
                flags = correct(self.network, self.long_rotary, self.tokenizer, items)
            by_hops = {h: [f for f, i in zip(flags, items) if i.hops == h] for h in (1, 2)}
            shares = {h: sum(f) / len(f) for h, f in by_hops.items() if f}
            self.log(f"  gate {name}: " + ", ".join(f"{h}-hop {share:.3f}" for h, share in shares.items()))
            passed &= min(shares.values()) >= self.stage.gate_share
        return passed

    def run(self, minutes: float, gate_every: int, cooldown: float, stop_at_gate: bool, rate: float) -> None:
        """cooldown: the last share of the minutes in which the rates fall to zero."""
        for layer in self.network.layers:
            layer.compile()  # layer by layer: the compiler then works once for all of them
        began = seen = time.time()
        tokens_seen, sums, done = self.tokens, torch.zeros(2), 0
        while (elapsed := (time.time() - began) / 60) < minutes:
            inputs, targets, weights = self.corpus.batch(self.rows)
            scored = most_telling(weights, self.stage.scored)
            positions = stretched_positions(self.stage.length, self.network.shape.context)
            self.network.before_step()
            loss, recall = weighted_loss(self.network, rotary_table(self.network.shape, positions), inputs, targets, weights, scored)
            (loss + self.network.extra_loss()).backward()
            warm = rate * min(1.0, (self.stage_step + 1) / 30)
            fall = min(1.0, (1 - elapsed / minutes) / cooldown) if cooldown else 1.0
            self.optimizer.step(self.stage.matrix_rate * warm * fall, self.stage.other_rate * warm * fall, 0.02)
            self.step, self.stage_step, self.tokens = self.step + 1, self.stage_step + 1, self.tokens + inputs.numel()
            sums, done = sums + torch.tensor([loss.item(), recall.item()]), done + 1
            if done == 50:
                now = time.time()
                speed = (self.tokens - tokens_seen) / (now - seen)
                self.log(f"{self.stage.name} step {self.step} tokens {self.tokens / 1e6:.2f}M minutes {elapsed:.1f} "
                         f"loss {sums[0] / done:.3f} recall {sums[1] / done:.3f} tokens/s {speed:.0f}")
                if not math.isfinite(sums[0]):
                    raise SystemExit("the loss is not finite: start again from the last checkpoint with a lower rate")
                seen, tokens_seen, sums, done = now, self.tokens, torch.zeros(2), 0
                self.save()
            if self.stage_step % gate_every == 0 and self.gates(160) and stop_at_gate:
                break
        self.save()
        self.gates(400)


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rows", type=int, default=0, help="rows per step, if not the stage's own")
    parser.add_argument("--gate-every", type=int, default=200)
    parser.add_argument("--cooldown", type=float, default=0.0)
    parser.add_argument("--rate", type=float, default=1.0, help="multiplies the stage's learning rates")
    parser.add_argument("--past-gate", action="store_true", help="train all the minutes even when the gate is passed")
    parser.add_argument("--threads", type=int, default=2, help="1 where other work shares the cores: waiting threads cost more")
    return parser


def train(kind: type[Training], options: argparse.Namespace, layers: int) -> None:
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    stage = STAGES[options.stage]
    kind(options.work, stage, options.rows or stage.rows, layers).run(
        options.minutes, options.gate_every, options.cooldown, not options.past_gate, options.rate)


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--layers", type=int, default=Shape.layers, help="early stages are cheaper with four; later ones grow them")
    given = parser.parse_args()
    train(Training, given, given.layers)
