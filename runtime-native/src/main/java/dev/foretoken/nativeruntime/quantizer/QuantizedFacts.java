package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.weights.Checkpoint;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Numbers about a quantized checkpoint.
 *
 * @param written all of its tensors
 * @param matrices what is known of each rounded matrix
 * @param replaced the base's tensors that were rounded
 */
record QuantizedFacts(
        Checkpoint base, List<StoredTensor> written, List<Map<String, Object>> matrices, Set<String> replaced) {

    Map<String, Object> all() {
        long elements = 0;
        long baseBytes = 0;
        long keptBytes = 0;
        List<String> kept = base.tensors().keySet().stream()
                .filter(name -> !replaced.contains(name))
                .toList();
        for (StoredTensor tensor : base.tensors().values()) {
            elements += tensor.data().byteSize() / tensor.type().bytes();
            baseBytes += tensor.data().byteSize();
            keptBytes += replaced.contains(tensor.name()) ? 0 : tensor.data().byteSize();
        }
        long bytes =
                written.stream().mapToLong(tensor -> tensor.data().byteSize()).sum();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("tensor-bytes", bytes);
        facts.put("base-tensor-bytes", baseBytes);
        facts.put("ratio-to-base", (double) baseBytes / bytes);
        facts.put("ratio-to-fp32", (double) elements * Float.BYTES / bytes);
        facts.put("bits-per-weight", (double) bytes * Byte.SIZE / elements);
        facts.put("kept-float", kept);
        facts.put("kept-float-bytes", keptBytes);
        facts.put("mean-error", mean(MatrixFacts.ERROR));
        if (matrices.stream().anyMatch(matrix -> matrix.containsKey(MatrixFacts.NEAREST))) {
            facts.put("mean-nearest-error", mean(MatrixFacts.NEAREST));
            facts.put(
                    "better-than-nearest",
                    matrices.stream().filter(QuantizedFacts::isBetter).count());
        }
        facts.put("matrices", matrices);
        return facts;
    }

    private static boolean isBetter(Map<String, Object> matrix) {
        return number(matrix, MatrixFacts.ERROR) < number(matrix, MatrixFacts.NEAREST);
    }

    private double mean(String name) {
        return matrices.stream()
                .mapToDouble(matrix -> number(matrix, name))
                .average()
                .orElse(0);
    }

    private static double number(Map<String, Object> matrix, String name) {
        return matrix.get(name) instanceof Number number ? number.doubleValue() : 0;
    }
}
