package dev.foretoken.nativeruntime.predict;

import dev.foretoken.nativeruntime.algebra.PairedSums;
import dev.foretoken.nativeruntime.algebra.ProductSum;
import dev.foretoken.nativeruntime.algebra.Workers;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sums over rows of keys, or of values, for a list of layer pairs. Pairs of one layer of the auxiliary share the sums of its rows. */
final class SumTable {

    private final List<LayerPair> pairs;
    private final Map<Integer, ProductSum> inputs = new TreeMap<>();
    private final Map<Integer, double[]> targets = new TreeMap<>();
    private final List<ProductSum> cross;

    SumTable(List<LayerPair> pairs, RowWidths widths) {
        this.pairs = List.copyOf(pairs);
        for (LayerPair pair : pairs) {
            int input = widths.auxiliary().get(pair.auxiliary()) + 1;
            inputs.computeIfAbsent(pair.auxiliary(), layer -> new ProductSum(input, input));
            targets.computeIfAbsent(pair.base(), layer -> new double[1]);
        }
        this.cross = pairs.stream()
                .map(pair -> new ProductSum(
                        widths.auxiliary().get(pair.auxiliary()) + 1,
                        widths.base().get(pair.base())))
                .toList();
    }

    /** Bytes that the sums of a pair take, without those that it shares. */
    static long bytes(LayerPair pair, RowWidths widths) {
        return (widths.auxiliary().get(pair.auxiliary()) + 1L) * widths.base().get(pair.base()) * Double.BYTES;
    }

    /**
     * Adds rows that both made of the same tokens.
     *
     * @param base by layer: [tokens][width]
     * @param auxiliary by layer: [tokens][width + 1], the last column ones
     */
    void add(List<double[][]> base, List<double[][]> auxiliary, Workers workers) {
        inputs.forEach((layer, sum) -> sum.add(auxiliary.get(layer), auxiliary.get(layer), workers));
        targets.forEach((layer, sum) -> sum[0] += squares(base.get(layer)));
        for (int i = 0; i < pairs.size(); i++) {
            LayerPair pair = pairs.get(i);
            cross.get(i).add(auxiliary.get(pair.auxiliary()), base.get(pair.base()), workers);
        }
    }

    private static double squares(double[][] rows) {
        double sum = 0;
        for (double[] row : rows) {
            for (double x : row) {
                sum += x * x;
            }
        }
        return sum;
    }

    /** {@code index}: of the pair in the list. */
    PairedSums of(int index) {
        LayerPair pair = pairs.get(index);
        return new PairedSums(inputs.get(pair.auxiliary()), cross.get(index), targets.get(pair.base())[0]);
    }

    void store(DataOutput out) throws IOException {
        for (ProductSum sum : inputs.values()) {
            store(sum, out);
        }
        for (double[] sum : targets.values()) {
            out.writeDouble(sum[0]);
        }
        for (ProductSum sum : cross) {
            store(sum, out);
        }
    }

    private static void store(ProductSum sum, DataOutput out) throws IOException {
        for (double[] row : sum.values()) {
            for (double number : row) {
                out.writeDouble(number);
            }
        }
    }

    /** What {@link #store} has written. */
    void load(DataInput in) throws IOException {
        for (ProductSum sum : inputs.values()) {
            load(sum, in);
        }
        for (double[] sum : targets.values()) {
            sum[0] = in.readDouble();
        }
        for (ProductSum sum : cross) {
            load(sum, in);
        }
    }

    private static void load(ProductSum sum, DataInput in) throws IOException {
        for (double[] row : sum.values()) {
            for (int i = 0; i < row.length; i++) {
                row[i] = in.readDouble();
            }
        }
    }
}
