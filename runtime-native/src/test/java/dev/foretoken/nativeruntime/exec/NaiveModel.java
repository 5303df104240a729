package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarActivations;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.RotaryFrequencies;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.WeightSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A plan computed for a whole sequence at once in double precision, without cache, blocks, batches or kernels: the oracle. */
final class NaiveModel {

    record KeysAndValues(double[][] keys, double[][] values) {}

    private final ModelPlan plan;
    private final WeightSource source;
    private final Arena arena = Arena.ofAuto();
    private final NaiveWeights weights;
    private final Map<VectorRef, MemorySegment> vectors = new HashMap<>();
    /** What the last sequence left: before every sublayer and behind the last, the input of every linear map, and what attentions store. */
    final List<double[][]> streams = new ArrayList<>();

    final Map<Linear, double[][]> inputs = new HashMap<>();
    final List<KeysAndValues> stored = new ArrayList<>();

    NaiveModel(ModelPlan plan, WeightSource source) {
        this.plan = plan;
        this.source = source;
        this.weights = new NaiveWeights(source, arena);
    }

    /** The embedding of every token. */
    double[][] embed(int[] tokens) {
        double[][] hidden = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            hidden[t] = new double[plan.hiddenSize()];
            for (int i = 0; i < hidden[t].length; i++) {
                hidden[t][i] = plan.input().scale() * matrix(plan.embedding()).at(tokens[t], i);
            }
        }
        return hidden;
    }

    /** The vector that the head sees, for every position. */
    double[][] hidden(double[][] embedded, int maxLength) {
        double[][] hidden = copied(embedded);
        addPositions(hidden);
        streams.clear();
        inputs.clear();
        stored.clear();
        for (Sublayer sublayer : plan.sublayers()) {
            streams.add(copied(hidden));
            double[][] input = normed(hidden, sublayer.normAt(Norm.Placement.INPUT));
            double[][] delta = new double[hidden.length][plan.hiddenSize()];
            for (Mixer mixer : sublayer.mixers()) {
                add(
                        delta,
                        switch (mixer) {
                            case Attention attention -> attention(attention, input, maxLength);
                            case Mlp mlp -> mlp(mlp, input);
                            case Moe moe -> moe(moe, input);
                            case SharedExpert expert -> gated(mlp(expert.mlp(), input), linear(expert.gate(), input));
                            case Projection projection -> linear(projection.map(), input);
                            case Recurrent recurrent -> new NaiveRecurrent(this).mix(recurrent, input);
                        });
            }
            add(hidden, scaled(normed(delta, sublayer.normAt(Norm.Placement.OUTPUT)), sublayer.residualScale()));
        }
        streams.add(copied(hidden));
        return normed(hidden, plan.finalNorm());
    }

    private static double[][] copied(double[][] rows) {
        return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
    }

    private void addPositions(double[][] hidden) {
        MatrixRef positions = plan.input().positions();
        for (int t = 0; positions != null && t < hidden.length; t++) {
            for (int i = 0; i < hidden[t].length; i++) {
                hidden[t][i] += matrix(positions).at(t, i);
            }
        }
    }

    private static double[][] scaled(double[][] rows, double scale) {
        for (double[] row : rows) {
            Arrays.setAll(row, i -> row[i] * scale);
        }
        return rows;
    }

    private static double capped(double x, double cap) {
        return cap == 0 ? x : cap * Math.tanh(x / cap);
    }

    private static void add(double[][] sum, double[][] added) {
        for (int t = 0; t < sum.length; t++) {
            for (int i = 0; i < sum[t].length; i++) {
                sum[t][i] += added[t][i];
            }
        }
    }

    /** Log-probabilities of every token after every position. */
    double[][] logprobs(double[][] hidden) {
        double[][] logits = scaled(
                linear(new Linear(plan.head(), plan.output().bias()), hidden),
                plan.output().scale());
        for (double[] row : logits) {
            Arrays.setAll(row, i -> capped(row[i], plan.output().softCap()));
            double max = Arrays.stream(row).max().orElseThrow();
            double sum = Arrays.stream(row).map(x -> Math.exp(x - max)).sum();
            for (int i = 0; i < row.length; i++) {
                row[i] -= max + Math.log(sum);
            }
        }
        return logits;
    }

    private double[][] mlp(Mlp mlp, double[][] input) {
        double[][] up = linear(mlp.up(), input);
        double[][] gate = mlp.gate() == null ? up : linear(mlp.gate(), input);
        double[][] bent = new double[up.length][up[0].length];
        for (int t = 0; t < bent.length; t++) {
            for (int i = 0; i < bent[t].length; i++) {
                bent[t][i] = ScalarActivations.of(mlp.activation(), gate[t][i])
                        * (mlp.gate() == null ? 1 : ScalarActivations.factor(mlp.activation(), up[t][i]));
            }
        }
        return linear(mlp.down(), bent);
    }

    /** Softmax routing: each token's experts one by one, chosen by sorting. */
    private double[][] moe(Moe moe, double[][] input) {
        double[][] out = new double[input.length][plan.hiddenSize()];
        double[][] logits = linear(moe.router(), input);
        for (int t = 0; t < input.length; t++) {
            double[] own = logits[t];
            List<Integer> chosen = IntStream.range(0, own.length)
                    .boxed()
                    .sorted(Comparator.comparing(e -> -own[e]))
                    .limit(moe.routing().topK())
                    .toList();
            double all = Arrays.stream(own).map(Math::exp).sum();
            double divisor = moe.routing().normalized()
                    ? chosen.stream().mapToDouble(e -> Math.exp(own[e])).sum()
                    : all;
            for (int expert : chosen) {
                double[] part = mlp(moe.experts().get(expert), new double[][] {input[t]})[0];
                for (int i = 0; i < part.length; i++) {
                    out[t][i] += Math.exp(own[expert]) / divisor * part[i];
                }
            }
        }
        return out;
    }

    private double[][] attention(Attention attention, double[][] input, int maxLength) {
        Attention.HeadNorms norms = attention.headNorms();
        double[][] queries = linear(attention.direct().query(), input);
        place(queries, attention, norms == null ? null : norms.query(), maxLength);
        double[][] keys = linear(attention.direct().key(), input);
        place(keys, attention, norms == null ? null : norms.key(), maxLength);
        stored.add(
                attention.source().isOwn(stored.size())
                        ? new KeysAndValues(keys, linear(attention.direct().value(), input))
                        : stored.get(attention.source().keys()));
        double[][] heads = mixed(attention, queries, stored.getLast());
        Linear gate = attention.direct().gate();
        return linear(attention.maps().output(), gate == null ? heads : gated(heads, linear(gate, input)));
    }

    /** One gate per element, or one for a whole row. */
    private static double[][] gated(double[][] rows, double[][] gates) {
        for (int t = 0; t < rows.length; t++) {
            for (int i = 0; i < rows[t].length; i++) {
                rows[t][i] /= 1 + Math.exp(-gates[t][gates[t].length == 1 ? 0 : i]);
            }
        }
        return rows;
    }

    private void place(double[][] rows, Attention attention, @Nullable Norm norm, int maxLength) {
        int dim = attention.layout().headDim();
        int normed = norm == null ? dim : norm.weight().size();
        for (int t = 0; t < rows.length; t++) {
            for (int start = 0; norm != null && start < rows[t].length; start += normed) {
                double[] part = normed(Arrays.copyOfRange(rows[t], start, start + normed), norm);
                System.arraycopy(part, 0, rows[t], start, normed);
            }
            for (int start = 0; attention.rotary() != null && start < rows[t].length; start += dim) {
                double[] head = Arrays.copyOfRange(rows[t], start, start + dim);
                System.arraycopy(turned(head, attention.rotary(), t, maxLength), 0, rows[t], start, dim);
            }
        }
    }

    private static double[] turned(double[] head, RotarySettings rotary, int position, int maxLength) {
        int half = rotary.dims() / 2;
        float[] inverse = new float[half];
        RotaryFrequencies.inverse(rotary, maxLength, inverse);
        double factor = RotaryFrequencies.attentionFactor(rotary);
        double[] turned = head.clone();
        for (int i = 0; i < half; i++) {
            double cosine = Math.cos(position * (double) inverse[i]) * factor;
            double sine = Math.sin(position * (double) inverse[i]) * factor;
            turned[i] = head[i] * cosine - head[i + half] * sine;
            turned[i + half] = head[i + half] * cosine + head[i] * sine;
        }
        return turned;
    }

    private double[][] mixed(Attention attention, double[][] queries, KeysAndValues kv) {
        double[][] out = new double[queries.length][queries[0].length];
        for (int t = 0; t < queries.length; t++) {
            int from = attention.window() == 0 ? 0 : Math.max(0, t - attention.window() + 1);
            for (int head = 0; head < attention.layout().heads(); head++) {
                mixHead(attention, queries[t], kv, from, t, head, out[t]);
            }
        }
        return out;
    }

    private void mixHead(
            Attention attention, double[] query, KeysAndValues kv, int from, int to, int head, double[] out) {
        int dim = attention.layout().headDim();
        int group = attention.layout().heads() / attention.layout().kvHeads();
        int[] place = {head * dim, head / group * dim, dim};
        double[] weights = new double[to - from + 1];
        VectorRef sinks = attention.scores().sinks();
        double total = sinks == null ? 0 : Math.exp(element(sinks, head));
        for (int s = from; s <= to; s++) {
            double score = 0;
            for (int i = 0; i < place[2]; i++) {
                score += query[place[0] + i] * kv.keys()[s][place[1] + i];
            }
            weights[s - from] = Math.exp(capped(
                    score * attention.scores().scale(), attention.scores().softCap()));
            total += weights[s - from];
        }
        for (int s = from; s <= to; s++) {
            for (int i = 0; i < place[2]; i++) {
                out[place[0] + i] += weights[s - from] / total * kv.values()[s][place[1] + i];
            }
        }
    }

    private double[][] normed(double[][] rows, @Nullable Norm norm) {
        return norm == null
                ? rows
                : Arrays.stream(rows).map(row -> normed(row, norm)).toArray(double[][]::new);
    }

    private double[] affine(double[] row, Norm norm) {
        double[] scaled = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            scaled[i] = row[i] * element(norm.weight(), i) + element(Objects.requireNonNull(norm.bias()), i);
        }
        return scaled;
    }

    double[] normed(double[] row, Norm norm) {
        if (norm.kind() == Norm.Kind.AFFINE) {
            return affine(row, norm);
        }
        double mean = switch (norm.kind()) {
            case RMS, AFFINE -> 0;
            case LAYER -> Arrays.stream(row).average().orElseThrow();
        };
        double squares = Arrays.stream(row).map(x -> (x - mean) * (x - mean)).sum();
        double scale = 1 / Math.sqrt(squares / row.length + norm.epsilon());
        double[] scaled = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            double shift = norm.bias() == null ? 0 : element(norm.bias(), i);
            scaled[i] = (row[i] - mean) * scale * element(norm.weight(), i) + shift;
        }
        return scaled;
    }

    double[][] linear(Linear linear, double[][] rows) {
        inputs.put(linear, copied(rows));
        NaiveWeights.Element weight = weights.of(linear.weight());
        double[][] out = new double[rows.length][linear.outputs()];
        for (int t = 0; t < rows.length; t++) {
            for (int n = 0; n < linear.outputs(); n++) {
                double sum = linear.bias() == null ? 0 : element(linear.bias(), n);
                for (int k = 0; k < linear.inputs(); k++) {
                    sum += rows[t][k] * weight.at(n, k);
                }
                out[t][n] = sum;
            }
        }
        return out;
    }

    private RowTable matrix(MatrixRef ref) {
        return weights.matrix(ref);
    }

    double element(VectorRef ref, int index) {
        return FloatType.F32.load(vectors.computeIfAbsent(ref, r -> source.vector(r, arena)), index);
    }
}
