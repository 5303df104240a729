"""Trains one stage of a sibling; the first call takes over the trunk. Resumes from the newest checkpoint in the work folder.

    python train_sibling.py --name moe --trunk TRUNK/checkpoint.pt --work FOLDER --stage names --minutes 5
"""

import argparse
from pathlib import Path

import torch

import world  # noqa: F401
from nested import SHARES, NestedNetwork
from network import Network
from siblings import SIBLINGS
from train import CHECKPOINT, Training, arguments, train
from trunk import imitate, take_over, trunk_from


def sibling_training(options: argparse.Namespace) -> type[Training]:
    class SiblingTraining(Training):
        def fresh_network(self, layers: int) -> Network:
            sibling = SIBLINGS[options.name]()
            if not (options.work / CHECKPOINT).exists():
                trunk = trunk_from(options.trunk)
                take_over(sibling, trunk)
                imitate(sibling, trunk, options.imitation, self.log)
            return sibling

        def take(self, saved: dict, layers: int) -> None:
            self.network.load_state_dict(saved["network"])
            self.optimizer.restore(saved["optimizer"])

        def gates(self, count: int) -> bool:
            """A nested sibling passes with the whole of its width; what its slices can do is told beside it."""
            passed = False
            for share in SHARES if isinstance(self.network, NestedNetwork) else (1,):
                if isinstance(self.network, NestedNetwork):
                    self.log(f"  1/{share} of the width:")
                    self.network.use(share)
                passed = super().gates(count)
            return passed

    return SiblingTraining


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--name", choices=SIBLINGS, required=True)
    parser.add_argument("--trunk", type=Path, help="needed by the first call")
    parser.add_argument("--imitation", type=int, default=300, help="steps in which mixers learn to do what attention did")
    given = parser.parse_args()
    train(sibling_training(given), given, 0)
