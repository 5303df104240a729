package dev.foretoken.nativeruntime.kernels;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What the oracle answers, computed once for all implementations that are compared with it: it takes longer than all of them together. */
final class OracleAnswers {
    private final Map<List<Object>, MemorySegment> answers = new HashMap<>();

    /** @param of all that the answer depends on */
    MemorySegment get(List<Object> of, Supplier<MemorySegment> compute) {
        return answers.computeIfAbsent(
                of, key -> MemorySegment.ofArray(compute.get().toArray(JAVA_BYTE)));
    }
}
