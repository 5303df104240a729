package dev.foretoken.gateway.answer;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Why an answer is over.
 *
 * @param stopString the stop string that was found, if one was
 * @param stopToken the stop token the caller had named, if it was drawn; empty at the model's own end of sequence
 */
public record AnswerFinish(Kind kind, @Nullable String stopString, OptionalInt stopToken) {

    /** What callers are told. */
    public enum Kind {
        STOP,
        LENGTH,
        ;
    }

    static final AnswerFinish END_OF_SEQUENCE = new AnswerFinish(Kind.STOP, null, OptionalInt.empty());
    static final AnswerFinish AT_LENGTH = new AnswerFinish(Kind.LENGTH, null, OptionalInt.empty());

    static AnswerFinish atString(String stop) {
        return new AnswerFinish(Kind.STOP, stop, OptionalInt.empty());
    }

    static AnswerFinish atToken(int id) {
        return new AnswerFinish(Kind.STOP, null, OptionalInt.of(id));
    }
}
