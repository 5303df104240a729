package dev.foretoken.contract.engine;

/** Why a sequence ended well. Deadlines and failures are {@link EngineEvent.Failed}, never a fake length. */
public enum FinishReason {
    /** A stop token was drawn; it is the last token reported. */
    STOP_TOKEN,
    /** The token limit or the context length was reached. */
    LENGTH,
    /** The constraint admits no further token. */
    CONSTRAINT_COMPLETE,
    /** {@link Generation#cancel} was called. */
    CANCELLED,
    ;
}
