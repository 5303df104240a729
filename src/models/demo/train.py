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
from network import Network, Shape, rotary_table
from optimizer import MuonAdam
from probe import correct

CHECKPOINT = "checkpoint.pt"


def weighted_loss(network, rotary, inputs, targets, weights):
    """Mean cross-entropy in nats, weighted per token; second: the mean over the tokens that must be looked up."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(inputs, *rotary)
    each = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), reduction="none")
    weights = weights.flatten()
    recall = (weights > 1.5).float()
    return (each * weights).sum() / weights.sum(), ((each * recall).sum() / recall.sum().clamp(min=1)).detach()


class Training:
    def __init__(self, work: Path, stage: Stage, rows: int):
        work.mkdir(parents=True, exist_ok=True)
        self.work, self.stage, self.rows = work, stage, rows
        self.tokenizer = tokenizers_of_demo.train()
        self.network = Network(Shape())
        self.optimizer = MuonAdam(self.network)
        self.step, self.tokens, self.stage_step, seed = 0, 0, 0, 1
        if (work / CHECKPOINT).exists():
            saved = torch.load(work / CHECKPOINT, weights_only=False)
            self.network.load_state_dict(saved["network"])
            self.optimizer.restore(saved["optimizer"])
            self.step, self.tokens, seed = saved["step"], saved["tokens"], saved["seed"] + 1
        self.seed = seed  # every start draws fresh documents
        self.corpus = Corpus(self.tokenizer, stage.mix, stage.length, stage.quiet_weight, seed, stage.one_per_row)
        self.rotary = rotary_table(self.network.shape, stage.length)
        self.long_rotary = rotary_table(self.network.shape, self.network.shape.context)

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
            flags = correct(self.network, self.long_rotary, self.tokenizer, items)
            by_hops = {h: [f for f, i in zip(flags, items) if i.hops == h] for h in (1, 2)}
            shares = {h: sum(f) / len(f) for h, f in by_hops.items() if f}
            self.log(f"  gate {name}: " + ", ".join(f"{h}-hop {share:.3f}" for h, share in shares.items()))
            passed &= min(shares.values()) >= self.stage.gate_share
        return passed

    def run(self, minutes: float, gate_every: int, cooldown: float, stop_at_gate: bool) -> None:
        """cooldown: the last share of the minutes in which the rates fall to zero."""
        loss_of = torch.compile(weighted_loss)
        began = seen = time.time()
        tokens_seen, sums, done = self.tokens, torch.zeros(2), 0
        while (elapsed := (time.time() - began) / 60) < minutes:
            inputs, targets, weights = self.corpus.batch(self.rows)
            loss, recall = loss_of(self.network, self.rotary, inputs, targets, weights)
            loss.backward()
            warm = min(1.0, (self.stage_step + 1) / 60)
            fall = min(1.0, (1 - elapsed / minutes) / cooldown) if cooldown else 1.0
            self.optimizer.step(self.stage.matrix_rate * warm * fall, self.stage.other_rate * warm * fall, 0.02)
            self.step, self.stage_step, self.tokens = self.step + 1, self.stage_step + 1, self.tokens + inputs.numel()
            sums, done = sums + torch.tensor([loss.item(), recall.item()]), done + 1
            if done == 50:
                now = time.time()
                rate = (self.tokens - tokens_seen) / (now - seen)
                self.log(f"{self.stage.name} step {self.step} tokens {self.tokens / 1e6:.2f}M minutes {elapsed:.1f} "
                         f"loss {sums[0] / done:.3f} recall {sums[1] / done:.3f} tokens/s {rate:.0f}")
                if not math.isfinite(sums[0]):
                    raise SystemExit("the loss is not finite: start again from the last checkpoint with a lower rate")
                seen, tokens_seen, sums, done = now, self.tokens, torch.zeros(2), 0
                self.save()
            if self.stage_step % gate_every == 0 and self.gates(160) and stop_at_gate:
                break
        self.save()
        self.gates(400)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rows", type=int, default=0, help="rows per step, if not the stage's own")
    parser.add_argument("--gate-every", type=int, default=200)
    parser.add_argument("--cooldown", type=float, default=0.0)
    parser.add_argument("--past-gate", action="store_true", help="train all the minutes even when the gate is passed")
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(1)
    chosen = STAGES[options.stage]
    Training(options.work, chosen, options.rows or chosen.rows).run(
        options.minutes, options.gate_every, options.cooldown, not options.past_gate)
