package dev.foretoken.nativeruntime;

import java.util.LinkedHashMap;
import java.util.Map;

/** The matrices of all experts of a layer and one map, one behind the other. */
record StackedExperts(float[] values, int experts, int rows, int columns) {

    /** Granite stores gate and up of an expert as one matrix, ggml's converter all gates and all ups. */
    static Map<String, StackedExperts> ofGranite(String name, float[] values, int[] shape) {
        Map<String, StackedExperts> tensors = new LinkedHashMap<>();
        if (name.contains("ffn_gate_up_exps")) {
            StackedExperts both = new StackedExperts(values, shape[0], shape[1], shape[2]);
            tensors.put(name.replace("gate_up", "gate"), both.half(0));
            tensors.put(name.replace("gate_up", "up"), both.half(1));
        } else {
            tensors.put(name, new StackedExperts(values, shape[0], shape[1], shape[2]));
        }
        return tensors;
    }

    private StackedExperts half(int part) {
        int size = rows / 2 * columns;
        float[] taken = new float[experts * size];
        for (int expert = 0; expert < experts; expert++) {
            System.arraycopy(values, (2 * expert + part) * size, taken, expert * size, size);
        }
        return new StackedExperts(taken, experts, rows / 2, columns);
    }
}
