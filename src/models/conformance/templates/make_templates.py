"""Renders every template of sources/ with its contexts and writes cases.json. See README.md."""

import json
from pathlib import Path

from cases import COMMON, RARE
from contexts import CHATS, OTHER_VALUES, VALUES
from render import NOW, render

HERE = Path(__file__).parent


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shared_name(variables: dict, shared: dict[str, dict]) -> str | None:
    return next((name for name, known in shared.items() if known is variables), None)


def entry(name: str, covers: str, contexts: dict[str, dict], rare: bool, shared: dict[str, dict]) -> str:
    template = (HERE / "sources" / f"{name}.jinja").read_text()
    lines = []
    for label, variables in contexts.items():
        known = shared_name(variables, shared)
        case = {"context": known} if known else {"label": label, "variables": variables}
        lines.append("  " + compact(case | render(template, variables)))
    head = compact({"name": name, "covers": covers, "rare": rare, "template": template})[:-1]
    return head + ',"cases":[\n' + ",\n".join(lines) + "\n]}"


def main() -> None:
    shared = {**CHATS, "values": VALUES, "other-values": OTHER_VALUES}
    contexts = ",\n".join(f"{compact(name)}:{compact(variables)}" for name, variables in shared.items())
    entries = [entry(name, covers, cases, rare, shared)
               for rare, group in ((False, COMMON), (True, RARE)) for name, (covers, cases) in group.items()]
    (HERE / "cases.json").write_text(
        f'{{"now":"{NOW.isoformat()}",\n"contexts":{{\n{contexts}\n}},\n"templates":[\n' + ",\n".join(entries) + "\n]}\n")


if __name__ == "__main__":
    main()
