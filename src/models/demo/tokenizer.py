"""Makes the byte-level BPE tokenizer: exactly 2,048 entries, every lexicon word one token, any UTF-8 text round-trips."""

import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

import lexicon

VOCABULARY_SIZE = 2048
BEGIN, END, SYSTEM, USER, ASSISTANT = "<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"
ROLE_TOKENS = [BEGIN, END, SYSTEM, USER, ASSISTANT]

CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    "{% if message['role'] not in ['system', 'user', 'assistant'] %}"
    "{{ raise_exception('the roles are system, user and assistant, found ' + message['role']) }}"
    "{% endif %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] | trim + eos_token }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}")


def train() -> Tokenizer:
    """Trains merges on the lexicon alone until each word is one token, then fills up to the size with reserved entries."""
    tokenizer = Tokenizer(models.BPE())
    # Digits first, so that "12" is two tokens; then the usual byte-level split, which keeps a word with the space before it.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    texts = [" " + word for word in lexicon.spaced_words()] + lexicon.opening_words()
    trainer = trainers.BpeTrainer(
        vocab_size=2 * VOCABULARY_SIZE, min_frequency=1, special_tokens=ROLE_TOKENS, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(texts, trainer)
    missing = VOCABULARY_SIZE - tokenizer.get_vocab_size()
    if missing < 0:
        raise ValueError(f"the lexicon needs {-missing} entries more than {VOCABULARY_SIZE}: take words out of lexicon.py")
    tokenizer.add_special_tokens([AddedToken(f"<|reserved_{i}|>", special=True) for i in range(missing)])
    return tokenizer


def write(folder: Path) -> None:
    """Writes tokenizer.json, tokenizer_config.json and special_tokens_map.json as Hugging Face tools read them."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = train()
    # The begin token in front of a plain text is the file's business; a rendered chat brings its own.
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A {BEGIN} $B", special_tokens=[(BEGIN, tokenizer.token_to_id(BEGIN))])
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"bos_token": BEGIN, "eos_token": END}
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 2048, "add_bos_token": True, "add_eos_token": False,
        "clean_up_tokenization_spaces": False, **special, "chat_template": CHAT_TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n")
