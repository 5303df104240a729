package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.LinkedHashMap;

/** What is written about one rounded matrix. */
final class MatrixFacts {

    static final String ERROR = "error";
    static final String NEAREST = "nearest-error";

    private MatrixFacts() {}

    static LinkedHashMap<String, Object> of(MatrixRef whole, double error) {
        LinkedHashMap<String, Object> facts = new LinkedHashMap<>();
        facts.put("tensor", whole.tensor());
        facts.put(ERROR, error);
        return facts;
    }

    /** {@code nearest}: of rounding to nearest in the same format. */
    static LinkedHashMap<String, Object> of(MatrixRef whole, double error, double nearest) {
        LinkedHashMap<String, Object> facts = of(whole, error);
        facts.put(NEAREST, nearest);
        return facts;
    }
}
