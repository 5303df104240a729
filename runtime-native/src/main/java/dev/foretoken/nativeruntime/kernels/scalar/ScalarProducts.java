package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.kernels.scalar.QuantizedProducts.RowSum;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Matrix products and embedding rows. */
public final class ScalarProducts {
    private ScalarProducts() {}

    public static void multiply(MemorySegment x, int tokens, Product product) {
        int rows = product.weights().rows();
        for (int token = 0; token < tokens; token++) {
            RowSum sums = ofToken(x, token, product.weights());
            for (int row = 0; row < rows; row++) {
                set(product.out(), (long) token * product.stride() + row, sums.of(row) + bias(product.bias(), row));
            }
        }
    }

    /** Row by row, each as a product of its own. */
    public static void multiplyGroups(
            MemorySegment x, @Nullable MemorySegment sources, RowGroups groups, GroupedProduct product) {
        long inBytes = (long) product.inputs() * Float.BYTES;
        long outBytes = (long) product.outputs() * Float.BYTES;
        for (int group = 0; group < groups.groups(); group++) {
            int member = groups.member(group);
            for (int row = groups.first(group); row < groups.first(group) + groups.count(group); row++) {
                int source = sources == null ? row : sources.get(JAVA_INT_UNALIGNED, 4L * row);
                MemorySegment out = product.out().asSlice(row * outBytes, outBytes);
                multiply(
                        x.asSlice(source * inBytes, inBytes),
                        1,
                        new Product(product.weights().get(member), product.bias(member), out));
            }
        }
    }

    public static void combine(
            MemorySegment x,
            MemorySegment rows,
            MemorySegment weights,
            int tokens,
            int terms,
            int width,
            MemorySegment out) {
        for (int token = 0; token < tokens; token++) {
            for (int column = 0; column < width; column++) {
                float sum = 0;
                for (int j = token * terms; j < (token + 1) * terms; j++) {
                    int row = rows.get(JAVA_INT_UNALIGNED, 4L * j);
                    sum = Math.fma(get(x, (long) row * width + column), get(weights, j), sum);
                }
                set(out, (long) token * width + column, sum);
            }
        }
    }

    private static RowSum ofToken(MemorySegment x, int token, WeightMatrix weights) {
        return switch (weights) {
            case DensePanels dense -> row -> dot(x, (long) token * dense.columns(), dense, row);
            case Fp8Panels fp8 -> row -> Fp8Products.dot(x, (long) token * fp8.columns(), fp8, row);
            case BlockPanels blocks -> QuantizedProducts.ofToken(x, token, blocks);
            case ChannelPanels channels -> QuantizedProducts.ofToken(x, token, channels);
        };
    }

    /** One chain of fused multiply-adds over ascending k: the order every exact kernel keeps, so that they agree to the bit. */
    private static float dot(MemorySegment x, long start, DensePanels weights, int row) {
        float sum = 0;
        for (int k = 0; k < weights.columns(); k++) {
            sum = Math.fma(get(x, start + k), weights.at(row, k), sum);
        }
        return sum;
    }

    private static float bias(@Nullable MemorySegment bias, int row) {
        return bias == null ? 0 : get(bias, row);
    }

    public static void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out) {
        for (int token = 0; token < tokens; token++) {
            int row = ids.get(JAVA_INT_UNALIGNED, 4L * token);
            for (int column = 0; column < table.columns(); column++) {
                set(out, (long) token * table.columns() + column, at(table, row, column));
            }
        }
    }

    private static float at(GatherSource table, int row, int column) {
        return switch (table) {
            case RowTable rows -> rows.at(row, column);
            case WeightMatrix weights -> weights.at(row, column);
        };
    }

    private static float get(MemorySegment segment, long index) {
        return segment.get(JAVA_FLOAT_UNALIGNED, index << 2);
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.set(JAVA_FLOAT_UNALIGNED, index << 2, value);
    }
}
