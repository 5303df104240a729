package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Integers with a scale and a zero point for every output and group of inputs, known one by one, and written field by field in the layouts of
 * checkpoints.
 *
 * @param codes [outputs][inputs], 0 to 2^bits - 1
 * @param zeros [outputs][groups], in the same range
 * @param scales [outputs][groups], numbers of f16 and of bf16
 * @param groupOf [inputs]
 */
public record IntegerMatrix(MatrixRef ref, int bits, int[][] codes, int[][] zeros, float[][] scales, int[] groupOf) {

    private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    /** {@code group}: inputs of a group, neighbours. */
    static IntegerMatrix random(MatrixRef ref, int bits, int group, RandomGenerator random) {
        int groups = Math.ceilDiv(ref.columns(), group);
        IntegerMatrix made = new IntegerMatrix(
                ref,
                bits,
                new int[ref.rows()][ref.columns()],
                new int[ref.rows()][groups],
                new float[ref.rows()][groups],
                new int[ref.columns()]);
        for (int n = 0; n < ref.rows(); n++) {
            for (int k = 0; k < ref.columns(); k++) {
                made.codes[n][k] = random.nextInt(1 << bits);
                made.groupOf[k] = k / group;
            }
            for (int g = 0; g < groups; g++) {
                made.zeros[n][g] = random.nextInt(1 << bits);
                made.scales[n][g] = random.nextInt(128, 256) / 65536f;
            }
        }
        return made;
    }

    /** Rounds weights to the nearest; {@code index}: the group of each input. */
    public static IntegerMatrix rounded(MatrixRef ref, int bits, boolean symmetric, int[] index, float[][] weights) {
        int groups = java.util.Arrays.stream(index).max().orElseThrow() + 1;
        int top = (1 << bits) - 1;
        IntegerMatrix made = new IntegerMatrix(
                ref,
                bits,
                new int[ref.rows()][ref.columns()],
                new int[ref.rows()][groups],
                new float[ref.rows()][groups],
                index.clone());
        for (int n = 0; n < ref.rows(); n++) {
            for (int g = 0; g < groups; g++) {
                float least = 0;
                float most = 0;
                for (int k = 0; k < index.length; k++) {
                    least = index[k] == g ? Math.min(least, weights[n][k]) : least;
                    most = index[k] == g ? Math.max(most, weights[n][k]) : most;
                }
                float step = symmetric ? 2 * Math.max(-least, most) / top : (most - least) / top;
                float scale = Math.max(FloatType.roundToBf16(step), 0x1p-12f);
                made.scales[n][g] = scale;
                made.zeros[n][g] = symmetric ? (top + 1) / 2 : Math.clamp(Math.round(-least / scale), 0, top);
            }
            for (int k = 0; k < index.length; k++) {
                int zero = made.zeros[n][index[k]];
                made.codes[n][k] = Math.clamp(Math.round(weights[n][k] / made.scales[n][index[k]]) + zero, 0, top);
            }
        }
        return made;
    }

    IntegerMatrix centred() {
        for (int[] row : zeros) {
            java.util.Arrays.fill(row, 1 << bits - 1);
        }
        return this;
    }

    /** Deals inputs out to groups as a shuffled pack of cards; every group keeps its size. */
    IntegerMatrix shuffled(RandomGenerator random) {
        for (int k = groupOf.length - 1; k > 0; k--) {
            int other = random.nextInt(k + 1);
            int group = groupOf[k];
            groupOf[k] = groupOf[other];
            groupOf[other] = group;
        }
        return this;
    }

    public double weight(int output, int input) {
        int group = groupOf[input];
        return (double) scales[output][group] * (codes[output][input] - zeros[output][group]);
    }

    private int groups() {
        return zeros[0].length;
    }

    /** {@code lessOne}: the first convention of zero points. */
    public Map<String, StoredTensor> gptq(boolean lessOne, boolean index) {
        Words weights = new Words(ref.columns() * bits / 32, ref.rows(), bits);
        Words points = new Words(groups(), ref.rows() * bits / 32, bits);
        for (int n = 0; n < ref.rows(); n++) {
            for (int k = 0; k < ref.columns(); k++) {
                weights.put(k * bits / 32, n, k % (32 / bits), codes[n][k]);
            }
            for (int g = 0; g < groups(); g++) {
                points.put(g, n * bits / 32, n % (32 / bits), zeros[n][g]);
            }
        }
        if (lessOne) {
            points.subtractOneOfEach();
        }
        Map<String, StoredTensor> tensors = new TreeMap<>();
        add(tensors, weights.tensor(name(".qweight")));
        add(tensors, points.tensor(name(".qzeros")));
        add(tensors, Tensors.f16(name(".scales"), transposed(scales)));
        if (index) {
            add(tensors, Tensors.i32(name(".g_idx"), groupOf));
        }
        return tensors;
    }

    public Map<String, StoredTensor> awq() {
        Words weights = new Words(ref.columns(), ref.rows() / 8, bits);
        Words points = new Words(groups(), ref.rows() / 8, bits);
        for (int word = 0; word < ref.rows() / 8; word++) {
            for (int slot = 0; slot < 8; slot++) {
                int n = word * 8 + AWQ_ORDER[slot];
                for (int k = 0; k < ref.columns(); k++) {
                    weights.put(k, word, slot, codes[n][k]);
                }
                for (int g = 0; g < groups(); g++) {
                    points.put(g, word, slot, zeros[n][g]);
                }
            }
        }
        Map<String, StoredTensor> tensors = new TreeMap<>();
        add(tensors, weights.tensor(name(".qweight")));
        add(tensors, points.tensor(name(".qzeros")));
        add(tensors, Tensors.f16(name(".scales"), transposed(scales)));
        return tensors;
    }

    /** {@code points}: whether zero points are written; else they are the middle. */
    public Map<String, StoredTensor> compressed(boolean points, boolean index) {
        int perWord = 32 / bits;
        Words weights = new Words(ref.rows(), Math.ceilDiv(ref.columns(), perWord), bits);
        Words middles = new Words(Math.ceilDiv(ref.rows(), perWord), groups(), bits);
        for (int n = 0; n < ref.rows(); n++) {
            for (int k = 0; k < ref.columns(); k++) {
                weights.put(n, k / perWord, k % perWord, codes[n][k]);
            }
            for (int g = 0; g < groups(); g++) {
                middles.put(n / perWord, g, n % perWord, zeros[n][g]);
            }
        }
        Map<String, StoredTensor> tensors = new TreeMap<>();
        add(tensors, weights.tensor(name(".weight_packed")));
        add(tensors, Tensors.bf16(name(".weight_scale"), scales));
        add(tensors, Tensors.i64(name(".weight_shape"), ref.rows(), ref.columns()));
        if (points) {
            add(tensors, middles.tensor(name(".weight_zero_point")));
        }
        if (index) {
            add(tensors, Tensors.i32(name(".weight_g_idx"), groupOf));
        }
        return tensors;
    }

    private String name(String suffix) {
        return ref.tensor().replace(".weight", suffix);
    }

    private static void add(Map<String, StoredTensor> tensors, StoredTensor tensor) {
        tensors.put(tensor.name(), tensor);
    }

    private static float[][] transposed(float[][] table) {
        float[][] turned = new float[table[0].length][table.length];
        for (int i = 0; i < table.length; i++) {
            for (int j = 0; j < table[i].length; j++) {
                turned[j][i] = table[i][j];
            }
        }
        return turned;
    }
}
