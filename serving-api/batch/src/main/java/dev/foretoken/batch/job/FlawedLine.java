package dev.foretoken.batch.job;

import org.jspecify.annotations.Nullable;

/** A line that is no request. Never leaves the package. */
final class FlawedLine extends Exception {

    private static final long serialVersionUID = 1;

    private final String code;
    private final String problem;
    private final transient @Nullable String param;

    FlawedLine(String code, String problem, @Nullable String param) {
        super(problem, null, false, false);
        this.code = code;
        this.problem = problem;
        this.param = param;
    }

    String code() {
        return code;
    }

    String problem() {
        return problem;
    }

    @Nullable
    String param() {
        return param;
    }
}
