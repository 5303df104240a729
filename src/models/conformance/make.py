"""Makes every conformance checkpoint and its golden numbers. See README.md.

    python make.py            all of them
    python make.py NAME...    only these (index.json keeps its other entries)
"""

import json
import shutil
import sys
from pathlib import Path

import torch
import transformers

import checkpoint
import golden
import recipes
import recipes_above
import recipes_factors
import text
from spec import Spec
from specs import all_specs

HERE = Path(__file__).parent
TOLERANCE = 1e-3


def make(spec: Spec) -> dict:
    folder = HERE / spec.name
    shutil.rmtree(folder, ignore_errors=True)
    checkpoint.write(spec, checkpoint.build(spec), folder)
    model = golden.load(folder)
    exact = golden.load(folder, torch.float64)
    if spec.mxfp4:
        golden.check_encoded(folder, HERE / spec.mxfp4)
    if spec.tokenizer:
        records = text.add(spec, folder, model)
    else:
        records = golden.search(model, spec, exact)
    noise = golden.difference(model, exact, records)
    head = {"model": spec.name, "tolerance": TOLERANCE, "f32_noise": float(f"{noise:.1g}"),
            "min_margin": min(min(r["margins"]) for r in records)}
    golden.write(folder / "golden.json", head, records)
    return {"name": spec.name, "architecture": spec.architecture, "dtype": spec.dtype, "covers": spec.covers,
            "tolerance": TOLERANCE, "text": bool(spec.tokenizer),
            "wrong_readings": golden.check_noticed(folder, spec, records)}


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    index = HERE / "index.json"
    entries = {e["name"]: e for e in json.loads(index.read_text())} if names and index.exists() else {}
    wanted = all_specs() + recipes.base_specs() + recipes.all_recipes() + recipes_factors.factored_recipes() + recipes_above.above_recipes()
    for spec in wanted:
        if not names or spec.name in names:
            entries[spec.name] = make(spec) if isinstance(spec, Spec) else recipes.make(spec, TOLERANCE)
            print(spec.name, entries[spec.name]["wrong_readings"], flush=True)
    ordered = [entries[s.name] for s in wanted if s.name in entries]
    index.write_text("[\n" + ",\n".join(json.dumps(e, ensure_ascii=False) for e in ordered) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1:])
