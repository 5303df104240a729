"""Makes two tiny tokenizers of the two common kinds and golden numbers for text handling. See README.md."""

import json
import sys
from collections import Counter
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from corpus import SENTENCES  # noqa: E402
from texts import CORPUS, SEQUENCES, TEXTS  # noqa: E402

# Words with the space before them, single digits, runs of signs, white space that keeps its last space for the next word.
WORDS = r" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPECIAL = ["<unk>", "<s>", "</s>"]


def byte_level() -> Tokenizer:
    """As GPT-2, Llama 3 and Qwen have it: 256 bytes, NFC, split by a pattern; several kinds of added tokens; no begin token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=600, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(SENTENCES + CORPUS, trainer)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in ("<|end|>", "<|start|>")])
    tokenizer.add_special_tokens([AddedToken("<|gap|>", lstrip=True, rstrip=True, normalized=False)])
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in ("<think>", "</think>")])
    return tokenizer


def metaspace() -> Tokenizer:
    """As Llama 2 and Mistral have it: '▁' for spaces and before the text, unknown characters as byte tokens, begin token."""
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    common = common_characters(SENTENCES + CORPUS, 80)
    sentences = ["".join(c if c in common else " " for c in s) for s in SENTENCES + CORPUS]
    learner.train_from_iterator(sentences, trainers.BpeTrainer(
        vocab_size=400, show_progress=False, initial_alphabet=sorted(common - {" "})))
    learned = json.loads(learner.to_str())["model"]
    pieces = SPECIAL + [f"<0x{byte:02X}>" for byte in range(256)] + sorted(learned["vocab"], key=learned["vocab"].get)
    tokenizer = Tokenizer(models.BPE(
        vocab={piece: i for i, piece in enumerate(pieces)}, merges=[tuple(pair) for pair in learned["merges"]],
        unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in SPECIAL])
    return tokenizer


def common_characters(sentences: list[str], limit: int) -> set[str]:
    """The most frequent characters, ties by code point: the trainer's own limit_alphabet breaks ties differently each run."""
    counts = Counter("".join(sentences))
    return set(sorted(counts, key=lambda c: (-counts[c], c))[:limit])


def decodes(tokenizer: Tokenizer, ids: list[int]) -> dict[str, list[str]]:
    """What each prefix of the ids decodes to, one token more each time, with special tokens shown and skipped."""
    prefixes = [ids[:n] for n in range(1, len(ids) + 1)]
    return {"decoded": [tokenizer.decode(p, skip_special_tokens=False) for p in prefixes],
            "decoded_skip": [tokenizer.decode(p, skip_special_tokens=True) for p in prefixes]}


def of_text(tokenizer: Tokenizer, text: str) -> dict:
    ids = tokenizer.encode(text, add_special_tokens=True).ids
    plain = tokenizer.encode(text, add_special_tokens=False).ids
    tokenizer.encode_special_tokens = True
    literal = tokenizer.encode(text, add_special_tokens=False).ids
    tokenizer.encode_special_tokens = False
    return {"text": text, "ids": ids, "ids_plain": plain, "ids_literal": literal, **decodes(tokenizer, ids)}


def of_sequence(tokenizer: Tokenizer, parts: list) -> dict:
    """Ids that no text encodes to: numbers are bytes, strings are tokens or text."""
    ids = []
    for part in parts:
        if isinstance(part, str):
            known = tokenizer.token_to_id(part)
            ids += [known] if known is not None else tokenizer.encode(part, add_special_tokens=False).ids
        else:
            ids.append(byte_id(tokenizer, part))
    return {"ids": ids, **decodes(tokenizer, ids)}


def byte_id(tokenizer: Tokenizer, byte: int) -> int:
    named = tokenizer.token_to_id(f"<0x{byte:02X}>")
    return named if named is not None else tokenizer.token_to_id(byte_character(byte))


def byte_character(byte: int) -> str:
    """The character that stands for a byte in byte-level vocabularies: itself if printable, else counted up from U+0100."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    return chr(byte) if byte in printable else chr(0x100 + others.index(byte))


def write(name: str, tokenizer: Tokenizer, settings: dict) -> None:
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False, **settings}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    end = settings["eos_token"]
    lines = {
        "texts": [of_text(tokenizer, text.replace("<END>", end)) for text in TEXTS],
        "sequences": [of_sequence(tokenizer, [end if p == "<END>" else p for p in s]) for s in SEQUENCES],
    }
    parts = [f'"{key}": [\n' + ",\n".join(json.dumps(r, separators=(",", ":"), ensure_ascii=False) for r in records) + "\n]"
             for key, records in lines.items()]
    (folder / "golden.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    write("byte-level", byte_level(), {"eos_token": "<|end|>"})
    write("metaspace", metaspace(), {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"})
