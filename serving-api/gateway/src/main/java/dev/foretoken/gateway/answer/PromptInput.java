package dev.foretoken.gateway.answer;

import dev.foretoken.contract.request.TokenIds;

/** A prompt as its caller sent it. Chat messages have become {@link RenderedChat} before they get here. */
public sealed interface PromptInput {

    /** Plain text: encoded with the special tokens the tokenizer adds by itself, often a BOS. */
    record Text(String text) implements PromptInput {}

    /** What a chat template made: it carries its special tokens already. */
    record RenderedChat(String text) implements PromptInput {}

    record Tokens(TokenIds ids) implements PromptInput {}
}
