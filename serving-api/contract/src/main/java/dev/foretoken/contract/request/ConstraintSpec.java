package dev.foretoken.contract.request;

/** A constraint on the output as its caller wrote it: it travels to the pod and is compiled there, in bounded time and memory. */
public record ConstraintSpec(Kind kind, String source) {
    /** The language of {@link #source}. */
    public enum Kind {
        JSON_OBJECT,
        JSON_SCHEMA,
        REGEX,
        GRAMMAR,
        CHOICE,
        ;
    }
}
