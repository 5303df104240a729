package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What became of a block.
 *
 * @param tensors that take the place of the base's
 * @param facts about each rounded matrix
 */
record RoundedBlock(List<StoredTensor> tensors, List<LinkedHashMap<String, Object>> facts) {

    RoundedBlock {
        tensors = List.copyOf(tensors);
        facts = List.copyOf(facts);
    }
}
