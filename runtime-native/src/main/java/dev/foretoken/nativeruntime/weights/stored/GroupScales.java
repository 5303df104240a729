package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;

/**
 * The scale of every output and group.
 *
 * @param byGroup whether the table is [groups, outputs] and not [outputs, groups]
 */
record GroupScales(String tensor, RowTable table, boolean byGroup) {

    static GroupScales byGroup(StoredTensor tensor, int groups, int outputs) {
        return new GroupScales(tensor.name(), tensor.table(groups, outputs), true);
    }

    static GroupScales byOutput(StoredTensor tensor, int outputs, int groups) {
        return new GroupScales(tensor.name(), tensor.table(outputs, groups), false);
    }

    FloatType type() {
        return table.type();
    }

    /** Far beyond any weight, and far enough below the largest float that no multiple of it is infinite. */
    private static final float LARGEST = 0x1p96f;

    /** A scale that is no number, or a senseless one, would take its whole group with it, so it is refused: MODEL_FILE_CORRUPT. */
    float at(int output, int group) {
        float scale = byGroup ? table.at(group, output) : table.at(output, group);
        if (!(Math.abs(scale) <= LARGEST)) {
            throw StoredTensors.corrupt("tensor %s holds the scale %s for output %d, scales are numbers below 2^96"
                    .formatted(tensor, scale, output));
        }
        return scale;
    }
}
