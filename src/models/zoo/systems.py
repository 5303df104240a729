"""Writes src/docs/systems.md from systems.csv, and refuses rows that claim what no test shows.

    python systems.py            write
    python systems.py --check    only check; fails if the page is not what would be written

Needs Python alone. systems.csv holds for every row its status (served, part, not yet, nothing), by what it is served and the tests
that show it: `ClassName`, or `ClassName: case, case` where the cases are graphs of the zoo, conformance checkpoints or exported decoders of onnx-fixtures.
"""

import argparse
import csv
import json
import pathlib
import re

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
PAGE = ROOT / "src" / "docs" / "systems.md"
STATUS = {"served": "served", "part": "in part", "not yet": "not yet", "nothing": "nothing to serve"}
SHOWN = ("served", "part")
MANIFESTS = {"zoo.json": "ZooTest", "declared.json": "DeclaredZooTest"}
HEAD = """# Published systems

What of {count} published systems, in five lists, runs here. Some stand in several lists. {served} rows are served, {part} in part, {missing} not yet;
{nothing} are surveys, theory, ways to train, benchmarks or data, of which nothing can be served.

| status | meaning |
|---|---|
| served | what defines the system is computed here, and the test named shows that; whether as fast or as good as published, it does not |
| in part | the same of a part; the row says what is missing |
| not yet | nothing here shows it. Exports to ONNX are served as tensor graphs, whatever is inside, but no test has one of these |
| nothing to serve | it is no model and no way of serving one |

A *graph* is one of the {graphs} of [src/models/zoo](../models/zoo/README.md), {driven} of them streams or loops that the server drives: small, with random weights, so it shows that the operations of the
architecture are served and answer as the PyTorch module does that it was exported from, and nothing about quality. {library} of them are the classes of timm, torchvision or
transformers with small widths; the others were written for the zoo from descriptions, with what defines them and little else. `ZooTest` runs each in the
runtime, `ZooInferenceTest` asks a server for each by the Open Inference Protocol, over REST and gRPC; `DeclaredZooTest` and
`DeclaredZooInferenceTest` do so with streams and loops. `ConformanceTest` compares tiny checkpoints of
[src/models/conformance](../models/conformance/README.md) with Hugging Face transformers, `DecoderRuntimeTest` exported decoders of
[src/models/onnx-fixtures](../models/onnx-fixtures/README.md), tokens and caches included, with a reference; recipes and builds are described in
[recipes.md](recipes.md), quantizing in [quantizing.md](quantizing.md), predicted prompts in [kv-prediction.md](kv-prediction.md).

This page is written by `src/models/zoo/systems.py` from `systems.csv` beside it, which refuses a row whose tests do not exist.
"""


def read():
    with open(HERE / "systems.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    zoo = [model | {"test": test} for file, test in MANIFESTS.items() for model in json.loads((HERE / file).read_text())["models"]]
    return rows, zoo


def problems(rows, zoo):
    classes = {path.stem for path in ROOT.rglob("src/test/java/**/*Test.java")}
    checkpoints = {c["name"] for c in json.loads((HERE.parent / "conformance" / "index.json").read_text())}
    cases = {"ConformanceTest": checkpoints | {"every checkpoint"},
             "DecoderRuntimeTest": {path.parent.name for path in HERE.parent.glob("onnx-fixtures/*/model.onnx")}}
    cases |= {test: {m["name"] for m in zoo if m["test"] == test} for test in MANIFESTS.values()}
    shown = {row["row"]: row for row in rows}
    for row in rows:
        if row["status"] not in STATUS:
            yield f"{row['row']}: no such status: {row['status']}"
        if (row["status"] in SHOWN) != bool(row["tests"]):
            yield f"{row['row']}: tests must be named where something is served, and only there"
        for test in filter(None, row["tests"].split("; ")):
            name, _, listed = test.partition(": ")
            if name not in classes:
                yield f"{row['row']}: no test {name}"
            for case in filter(None, listed.split(", ")):
                if case not in cases.get(name, ()):
                    yield f"{row['row']}: {name} has no case {case}"
    for model in zoo:
        for row in model["rows"]:
            if model["name"] not in shown.get(row, {"tests": ""})["tests"]:
                yield f"{row}: the zoo's {model['name']} stands for it, the row does not say so"


def page(rows, zoo):
    sources = {m["name"]: "written from its description" if m["source"] == "paper" else m["source"] for m in zoo}
    sourced = lambda by: re.sub("(graph|graphs) (`[^`]+`(, `[^`]+`)*)", lambda m: m[1] + " " + ", ".join(
        f"`{name}` ({sources[name]})" for name in re.findall("`([^`]+)`", m[2])), by)
    count = lambda status: sum(row["status"] == status for row in rows)
    parts = [HEAD.format(count=len(rows), served=count("served"), part=count("part"), missing=count("not yet"), nothing=count("nothing"),
                         graphs=len(zoo), driven=sum(m["test"] == "DeclaredZooTest" for m in zoo), library=sum(m["source"] != "paper" for m in zoo))]
    number = None
    for row in rows:
        if row["row"].split("/")[0] != number:
            number = row["row"].split("/")[0]
            parts.append(f"\n## List {number}\n\n| row | system | what it is | status | served by, or what is missing | tested by |\n|---|---|---|---|---|---|\n")
        tests = "; ".join(code(test) for test in filter(None, row["tests"].split("; ")))
        cells = [row["row"], row["name"], row["what"], STATUS[row["status"]], sourced(row["by"]), tests]
        parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(parts)


def code(test):
    name, colon, listed = test.partition(": ")
    return f"`{name}`" + (f" ({listed})" if colon else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    rows, zoo = read()
    found = list(problems(rows, zoo))
    text = page(rows, zoo)
    if options.check and (not PAGE.exists() or PAGE.read_text() != text):
        found.append("src/docs/systems.md is not what this would write")
    if found:
        raise SystemExit("\n".join(found))
    if not options.check:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
