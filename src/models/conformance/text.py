"""Gives a checkpoint a tiny byte-level BPE tokenizer and a chat template, and makes goldens from text."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

import checkpoint
import golden
from corpus import SENTENCES
from spec import Spec

SPECIAL = ["<|pad|>", "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
CHAT = """\
{{- bos_token if add_begin is not defined or add_begin }}
{%- for message in messages %}
    {%- if message.role not in ['system', 'user', 'assistant'] %}
        {{- raise_exception('unknown role ' ~ message.role) }}
    {%- endif %}
    {{- '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}
"""
THINKING_CHAT = """\
{%- set asked = namespace(left=messages | map(attribute='role') | select('equalto', 'user') | list | count) %}
{%- for turn in messages %}
    {%- set words = turn['content'] %}
    {%- if turn.role == 'user' %}
        {%- set asked.left = asked.left - 1 %}
    {%- elif asked.left > 0 and '</think>' in words %}
        {%- set words = words.split('</think>', 1)[1].strip() %}
    {%- endif %}
    {{- ['<|', turn.role, '|>', words, '<|end|>\\n'] | join }}
{%- endfor %}
{%- if add_generation_prompt -%}
    <|assistant|>{{ '<think>\\n\\n</think>\\n' if enable_thinking is defined and not enable_thinking }}
{%- endif %}
"""
TEMPLATES = {"begin": CHAT, "plain": THINKING_CHAT}
PROMPTS = ["The quick fox", "Ask twice, then answer.", " two  spaces\n\nand lines", "Zürich, 東京 and 🦊👩‍🚀 meet",
           "a<|end|>b", " ".join(SENTENCES[:6])]
CHATS = [
    {"messages": [{"role": "user", "content": "Who is there?"}]},
    {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "  Name a fruit.  "}]},
    {"messages": [{"role": "user", "content": "One?"}, {"role": "assistant", "content": "<think>\nhm\n</think>\nTwo."},
                  {"role": "user", "content": "Naïve ☕?"}]},
]


def train(add_begin: bool) -> Tokenizer:
    """Byte-level BPE over the 256 bytes, the special tokens and merges learned from corpus.py: 384 tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=384, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(SENTENCES, trainer)
    if add_begin:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<|begin|> $A", pair="<|begin|> $A $B", special_tokens=[("<|begin|>", 1)])
    return tokenizer


def settings(kind: str) -> dict:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|begin|>" if kind == "begin" else None,
        "eos_token": "<|end|>",
        "pad_token": "<|pad|>",
        "clean_up_tokenization_spaces": False,
        "model_max_length": 512,
        "chat_template": TEMPLATES[kind],
    }


def add(spec: Spec, folder: Path, model: torch.nn.Module) -> list[dict]:
    """Writes the tokenizer files and returns the golden records; the prompts' ids come from these files."""
    train(spec.tokenizer == "begin").save(str(folder / "tokenizer.json"))
    checkpoint.write_json(folder / "tokenizer_config.json", settings(spec.tokenizer))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    records = [golden.greedy(model, tokenizer(text)["input_ids"]) | {"text": text} for text in PROMPTS]
    for chat in CHATS:
        rendered = tokenizer.apply_chat_template(chat["messages"], add_generation_prompt=True, tokenize=False)
        ids = tokenizer(rendered, add_special_tokens=False)["input_ids"]
        records.append(golden.greedy(model, ids) | chat | {"rendered": rendered})
    ends = [2]
    if spec.tokenizer == "begin":
        ends = [2, records[0]["tokens"][4]]
        end_at(folder, ends)
    for record in records:
        check(record)
        stops = [i for i, token in enumerate(record["tokens"]) if token in ends]
        if stops:
            record["stop_at"] = stops[0]
        answer = record["tokens"][: stops[0]] if stops else record["tokens"]
        record["generated"] = tokenizer.decode(answer, skip_special_tokens=True)
    return records


def end_at(folder: Path, ends: list[int]) -> None:
    """Writes a list of end tokens into generation_config.json, where it goes beyond the one in config.json."""
    file = folder / "generation_config.json"
    checkpoint.write_json(file, json.loads(file.read_text()) | {"eos_token_id": ends})


def check(record: dict) -> None:
    if min(record["margins"]) < 1e-3:
        raise SystemExit(f"{record.get('text', record.get('rendered'))!r}: margin {min(record['margins'])}; change the text")
