package dev.foretoken.gateway.text.gguf;

/** What {@code tokenizer.ggml.token_type} says of a token; the ordinal is the number in the file. */
enum TokenKind {
    UNDEFINED,
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE,
    ;

    /** Whether the token is found in a text before anything else. */
    boolean isAdded() {
        return switch (this) {
            case UNKNOWN, CONTROL, USER_DEFINED -> true;
            case UNDEFINED, NORMAL, UNUSED, BYTE -> false;
        };
    }
}
