"""Trains the auxiliary and the maps of one size. Resumes from the newest checkpoint in the work folder, so it may be stopped at any time.

    python train_pair.py --work FOLDER --size lp-0.5 --stage short --minutes 30
"""

import argparse
import math
import signal
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import world  # noqa: F401
import tokenizer as tokenizers_of_demo
from corpus import Corpus
from curriculum import items_of
from measure import correct_predicted
from network import rotary_table
from optimizer import MuonAdam
from pair import Pair, read
from predictor import SIZES, captured, distance
from probe import correct
from ridge import fit
from spans import spans_of
from stages import STAGES, Stage
from stored import new_pair
from train import CHECKPOINT, losses_of, stretched_positions

CACHE_WEIGHT = 1.0  # of the L1 distance between predicted and true keys and values
OWN_WEIGHT = 0.1  # of the auxiliary's own cross-entropy, ...
OWN_SHARE = 0.1  # ... which random tokens of all texts are scored for, each as heavy as the others
QUIET = 0.2  # the weight of passages and questions, by which answers are told apart
LOOKED_UP = 1.5  # weights above are those of words that only an earlier sentence can tell
FITTED = 100  # batches of eight rows to fit the first maps on


def corpus_of(tokenizer, stage: Stage, seed: int) -> Corpus:
    return Corpus(tokenizer, stage.mix, stage.length, QUIET, seed, False)


def fitted_pair(size: str) -> Pair:
    """Layers of the base, and maps in closed form."""
    pair = new_pair(size)
    corpus = corpus_of(tokenizers_of_demo.train(), STAGES["maps"], 1)
    with torch.autocast("cpu", torch.bfloat16):
        fit(pair, (corpus.batch(8)[0] for _ in range(FITTED)), rotary_table(pair.base.shape, pair.base.shape.context))
    return pair


class Training:
    def __init__(self, work: Path, size: str, stage: Stage, rows: int):
        work.mkdir(parents=True, exist_ok=True)
        self.work, self.size, self.stage, self.rows = work, size, stage, rows or stage.rows
        self.tokenizer = tokenizers_of_demo.train()
        self.pair = new_pair(size) if (work / CHECKPOINT).exists() else fitted_pair(size)
        self.long_rotary = rotary_table(self.pair.base.shape, self.pair.base.shape.context)
        self.step, self.tokens, self.stopping = 0, 0, False
        self.optimizer = MuonAdam(self.learners())
        self.seed = 2  # the first one drew the texts that the maps were fitted on
        if (work / CHECKPOINT).exists():
            self.take(torch.load(work / CHECKPOINT, weights_only=False))
        self.corpus = corpus_of(self.tokenizer, stage, self.seed)
        self.dice = np.random.default_rng(self.seed)
        self.assistant = self.tokenizer.token_to_id(tokenizers_of_demo.ASSISTANT)

    def learners(self) -> torch.nn.Module:
        return torch.nn.ModuleList([self.pair.predictor, self.pair.auxiliary] if self.stage.whole else [self.pair.predictor])

    def take(self, saved: dict) -> None:
        self.pair.auxiliary.load_state_dict(saved["auxiliary"])
        self.pair.predictor.load_state_dict(saved["predictor"])
        self.step, self.tokens, self.seed = saved["step"], saved["tokens"], saved["seed"] + 1  # every start draws fresh documents
        if saved["whole"] == self.stage.whole:
            self.optimizer.restore(saved["optimizer"])

    def save(self) -> None:
        partial = self.work / (CHECKPOINT + ".part")
        torch.save({"auxiliary": self.pair.auxiliary.state_dict(), "predictor": self.pair.predictor.state_dict(), "size": self.size,
                    "optimizer": self.optimizer.state(), "whole": self.stage.whole, "step": self.step, "tokens": self.tokens,
                    "seed": self.seed, "stage": self.stage.name}, partial)
        partial.replace(self.work / CHECKPOINT)

    def log(self, line: str) -> None:
        print(line, flush=True)
        with (self.work / "log.txt").open("a") as file:
            file.write(line + "\n")

    def losses(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of one fresh batch: answers (weighted), cache, own text; last the plain mean over the tokens that must be looked up."""
        inputs, targets, weights = self.corpus.batch(self.rows)
        pair, spans = self.pair, spans_of(inputs, weights, self.assistant, self.stage.places, self.dice)
        positions = stretched_positions(self.stage.length, pair.base.shape.context)
        turns = rotary_table(pair.base.shape, positions)
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                true, _ = captured(pair.base, F.embedding(inputs, pair.base.embedding), *turns)
            found, last = captured(pair.auxiliary, F.embedding(inputs, pair.auxiliary.embedding), *turns, whole=self.stage.whole)
            foretold = pair.predictor(found)
            hidden = pair.predicted_hidden(inputs, foretold, spans, *turns)
            each = losses_of(hidden.flatten(0, 1), pair.base.embedding, targets.gather(1, spans.places).flatten())
        heavy = (weights.gather(1, spans.places) * spans.there).flatten().clamp(max=4.0)
        recall = (heavy > LOOKED_UP).float()
        looked_up = ((each * recall).sum() / recall.sum().clamp(min=1)).detach()
        return (each * heavy).sum() / heavy.sum(), distance(foretold, true), self.own_loss(last, targets, weights), looked_up

    def own_loss(self, last: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        if not self.stage.whole:
            return torch.zeros(())
        chosen = torch.randperm(targets.numel())[:int(OWN_SHARE * targets.numel())]
        scored = 1.0 if self.stage.own_lookups else (weights.flatten()[chosen] < LOOKED_UP).float()
        auxiliary = self.pair.auxiliary
        with torch.autocast("cpu", torch.bfloat16):
            normed = F.rms_norm(last.flatten(0, 1)[chosen], (last.shape[-1],), auxiliary.final_norm, auxiliary.shape.norm_epsilon)
            each = losses_of(normed, auxiliary.embedding, targets.flatten()[chosen])
        return (each * scored).mean()

    def gates(self, count: int) -> None:
        """Exact match on fresh items: predicted, and the auxiliary answering alone."""
        for name, lesson in self.stage.gate.items():
            items = items_of(lesson, count, 1000 * self.step, name)
            with torch.compiler.set_stance("force_eager"):  # every batch of items has another shape
                predicted = correct_predicted(self.pair, self.long_rotary, self.tokenizer, items)
                alone = correct(self.pair.auxiliary, self.long_rotary, self.tokenizer, items)
            self.log(f"  gate {name}: predicted {sum(predicted) / count:.3f}, auxiliary alone {sum(alone) / count:.3f}")

    def stop(self, *_) -> None:
        self.stopping = True

    def compile(self) -> None:
        for layer in [*self.pair.base.layers, *self.pair.auxiliary.layers]:
            layer.compile()  # layer by layer: the compiler then works once for all of them
        self.pair.reader = torch.compile(read, dynamic=False)

    def run(self, minutes: float, gate_every: int, cooldown: float, rate: float) -> None:
        """cooldown: the last share of the minutes in which the rates fall to zero."""
        self.compile()
        began, seen, tokens_seen, sums, done, first = time.time(), time.time(), self.tokens, torch.zeros(4), 0, self.step
        while (elapsed := (time.time() - began) / 60) < minutes and not self.stopping:
            losses = self.losses()
            (losses[0] + CACHE_WEIGHT * losses[1] + OWN_WEIGHT * losses[2]).backward()
            warm = rate * min(1.0, (self.step - first + 1) / 30)
            fall = min(1.0, (1 - elapsed / minutes) / cooldown) if cooldown else 1.0
            self.optimizer.step(self.stage.matrix_rate * warm * fall, self.stage.other_rate * warm * fall, 0.02)
            self.step, self.tokens, done = self.step + 1, self.tokens + self.rows * self.stage.length, done + 1
            sums += torch.stack([loss.detach() for loss in losses])
            if done == 25:
                answers, cache, own, looked_up = (sums / done).tolist()
                speed = (self.tokens - tokens_seen) / (time.time() - seen)
                self.log(f"{self.stage.name} step {self.step} tokens {self.tokens / 1e6:.2f}M minutes {elapsed:.1f} answers {answers:.3f} "
                         f"looked up {looked_up:.3f} cache {cache:.3f} own {own:.3f} tokens/s {speed:.0f}")
                if not math.isfinite(answers):
                    raise SystemExit("the loss is not finite: start again from the last checkpoint with a lower rate")
                seen, tokens_seen, sums, done = time.time(), self.tokens, torch.zeros(4), 0
                self.save()
            if (self.step - first) % gate_every == 0:
                self.gates(80)
        self.save()
        if not self.stopping:
            self.gates(160)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--size", choices=SIZES, required=True)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rows", type=int, default=0, help="rows per step, if not the stage's own")
    parser.add_argument("--gate-every", type=int, default=500)
    parser.add_argument("--cooldown", type=float, default=0.0)
    parser.add_argument("--rate", type=float, default=1.0, help="multiplies the stage's learning rates")
    parser.add_argument("--threads", type=int, default=2, help="1 where other work shares the cores: waiting threads cost more")
    return parser


if __name__ == "__main__":
    options = arguments().parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    training = Training(options.work, options.size, STAGES[options.stage], options.rows)
    signal.signal(signal.SIGTERM, training.stop)  # ends the stage after the current step, with a checkpoint
    training.run(options.minutes, options.gate_every, options.cooldown, options.rate)
