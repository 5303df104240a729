package dev.foretoken.gateway.template.value;

/** A template that cannot be read or rendered; becomes a {@code ForetokenException} at the package's edge. */
public final class TemplateError extends RuntimeException {
    private static final int UNKNOWN = 0;

    private int line = UNKNOWN;

    private final boolean raised;

    public TemplateError(String sentence) {
        this(sentence, false);
    }

    private TemplateError(String sentence, boolean raised) {
        super(sentence, null, false, false);
        this.raised = raised;
    }

    /** What {@code raise_exception} throws: the template's own sentence for the caller. */
    public static TemplateError raised(String sentence) {
        return new TemplateError(sentence, true);
    }

    /** Notes where it happened, unless something inside already did. */
    public TemplateError at(int sourceLine) {
        if (line == UNKNOWN) {
            line = sourceLine;
        }
        return this;
    }

    /** The template's own sentence as it is; any other with the line where it is known. */
    public String describe() {
        return raised
                ? getMessage()
                : "The chat template failed" + (line == UNKNOWN ? ": " : " in line " + line + ": ") + getMessage();
    }
}
