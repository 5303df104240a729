package dev.foretoken.nativeruntime.weights.stored;

import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which inputs share a scale, in what order they are packed, and into what blocks they are cut: the largest ones that lie within a group each,
 * so that repeating a group's scale for every block of it changes no weight. Where activations decided the order of quantization ({@code
 * desc_act}, {@code actorder}), the inputs of a group are not neighbours; they become so in an order of inputs by group.
 */
final class InputGroups {
    private static final int[] BLOCKS = {128, 64, 32, 16};

    private final int[] groupOf;
    private final @Nullable InputOrder order;
    private final int block;

    private InputGroups(int[] groupOf, int groups) {
        this.groupOf = groupOf;
        int natural = block(groupOf);
        if (natural > 0) {
            this.order = null;
            this.block = natural;
        } else {
            int[] sorted = sorted(groupOf, groups);
            int[] groupAt = new int[sorted.length];
            for (int i = 0; i < sorted.length; i++) {
                groupAt[i] = groupOf[sorted[i]];
            }
            this.block = block(groupAt);
            this.order = block > 0 ? new InputOrder(sorted) : null;
        }
    }

    /** Neighbours in groups of {@code size}; the last one may be smaller. */
    static InputGroups ofSize(int size, int inputs) {
        int[] groupOf = new int[inputs];
        for (int k = 0; k < inputs; k++) {
            groupOf[k] = k / size;
        }
        return new InputGroups(groupOf, Math.ceilDiv(inputs, size));
    }

    /** As an int32 tensor of [inputs] says; MODEL_FILE_CORRUPT if it names a group that is not there. */
    static InputGroups indexed(StoredTensor index, int inputs, int groups) {
        int[] groupOf = new int[inputs];
        for (int k = 0; k < inputs; k++) {
            groupOf[k] = index.data().get(ValueLayout.JAVA_INT_UNALIGNED, (long) k * Integer.BYTES);
            if (groupOf[k] < 0 || groupOf[k] >= groups) {
                throw StoredTensors.corrupt("tensor %s puts input %d into group %d, groups are 0 to %d"
                        .formatted(index.name(), k, groupOf[k], groups - 1));
            }
        }
        return new InputGroups(groupOf, groups);
    }

    private static int[] sorted(int[] groupOf, int groups) {
        int[] next = new int[groups + 1];
        for (int group : groupOf) {
            next[group + 1]++;
        }
        for (int group = 0; group < groups; group++) {
            next[group + 1] += next[group];
        }
        int[] order = new int[groupOf.length];
        for (int k = 0; k < groupOf.length; k++) {
            order[next[groupOf[k]]++] = k;
        }
        return order;
    }

    private static int block(int[] groups) {
        for (int block : BLOCKS) {
            if (groups.length % block == 0 && isUniform(groups, block)) {
                return block;
            }
        }
        return 0;
    }

    private static boolean isUniform(int[] groups, int block) {
        for (int k = 0; k < groups.length; k++) {
            if (groups[k] != groups[k / block * block]) {
                return false;
            }
        }
        return true;
    }

    /** Inputs of a block; 0 if the groups cannot be cut into blocks. */
    int block() {
        return block;
    }

    /** The order of inputs that blocks are cut from; empty: their own. */
    Optional<InputOrder> order() {
        return Optional.ofNullable(order);
    }

    int groupOf(int input) {
        return groupOf[input];
    }

    int groupOfBlock(int number) {
        int place = number * block;
        return groupOf[order == null ? place : order.inputAt(place)];
    }
}
