package dev.foretoken.batch.record.value;

/** A value that is no request. The message says what was found and what is needed. */
public final class UnreadableValueException extends Exception {

    public UnreadableValueException(String message) {
        super(message, null, false, false);
    }
}
