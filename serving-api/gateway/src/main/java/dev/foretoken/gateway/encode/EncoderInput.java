package dev.foretoken.gateway.encode;

/** One of the inputs that a request wants a row for. */
public sealed interface EncoderInput {

    record Text(String text) implements EncoderInput {}

    /** Two texts that are read together. */
    record Pair(String first, String second) implements EncoderInput {}

    /** Token ids that are taken as they are. */
    record Tokens(int[] ids) implements EncoderInput {}
}
