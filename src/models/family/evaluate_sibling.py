"""Measures a written sibling on the demo's evaluation set; of a nested one also a slice.

    python evaluate_sibling.py --model moe [--share 2] [--every 1]
"""

import torch

import world  # noqa: F401
from evaluate import arguments, report
from formats import read
from nested import SHARES

if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--share", type=int, choices=SHARES, default=1, help="2 for a half of a nested sibling's width, 4 for a quarter")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    measured = read(options.model)
    if options.share > 1:
        measured.use(options.share)
    report(measured, options.every)
