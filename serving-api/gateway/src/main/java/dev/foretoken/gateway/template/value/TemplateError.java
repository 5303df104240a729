package dev.foretoken.gateway.template.value;

/** A template that cannot be read or rendered; becomes a {@code ForetokenException} at the package's edge. */
public final class TemplateError extends RuntimeException {
    private static final int UNKNOWN = 0;

    private int line = UNKNOWN;

    public TemplateError(String sentence) {
        super(sentence, null, false, false);
    }

    /** Notes where it happened, unless something inside already did. */
    public TemplateError at(int sourceLine) {
        if (line == UNKNOWN) {
            line = sourceLine;
        }
        return this;
    }

    /** The sentence, with the line where it is known. */
    public String describe() {
        return line == UNKNOWN ? getMessage() : "line " + line + ": " + getMessage();
    }
}
