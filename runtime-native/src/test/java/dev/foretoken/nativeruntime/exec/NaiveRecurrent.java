package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.NaiveScans;
import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.GatedNorm;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Rates;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Mixers that carry a state, for a whole sequence at once: part of {@link NaiveModel}. */
final class NaiveRecurrent {

    private final NaiveModel model;

    NaiveRecurrent(NaiveModel model) {
        this.model = model;
    }

    double[][] mix(Recurrent mixer, double[][] input) {
        return switch (mixer) {
            case Mamba mamba -> mamba(mamba, input);
            case Mamba2 mamba2 -> mamba2(mamba2, input);
            case DeltaNet delta -> delta(delta, input);
        };
    }

    private double[][] mamba(Mamba mamba, double[][] input) {
        Mamba.Maps maps = mamba.maps();
        Mamba.Scan scan = mamba.scan();
        double[][] x = convolved(maps.input(), mamba.convolution(), input);
        double[][] time = model.linear(
                maps.widened(),
                normed(model.linear(maps.time(), x), mamba.inner().time()));
        double[][] b = normed(model.linear(maps.b(), x), mamba.inner().b());
        double[][] c = normed(model.linear(maps.c(), x), mamba.inner().c());
        double[][] a = new double[scan.states()][scan.channels()];
        for (int n = 0; n < scan.states(); n++) {
            for (int i = 0; i < scan.channels(); i++) {
                a[n][i] = rate(scan.rates(), i * scan.states() + n);
            }
        }
        double[][] y = NaiveScans.selective(x, time, b, c, a, vector(scan.skip()), 1);
        gate(y, model.linear(maps.gate(), input));
        return model.linear(maps.output(), y);
    }

    private double[][] mamba2(Mamba2 mamba, double[][] input) {
        Mamba2.Scan scan = mamba.scan();
        double[][] joint = convolved(mamba.maps().input(), mamba.convolution(), input);
        double[][] time = model.linear(mamba.maps().time(), input);
        double[][] y = new double[input.length][];
        for (int t = 0; t < y.length; t++) {
            y[t] = new double[scan.channels()];
        }
        for (int head = 0; head < scan.heads(); head++) {
            int map = scan.channels() + head / (scan.heads() / scan.groups()) * scan.states();
            double[] dt = new double[input.length];
            for (int t = 0; t < dt.length; t++) {
                double step = NaiveScans.softplus(
                        time[t][head] + model.element(scan.steps().bias(), head));
                dt[t] = Math.clamp(step, scan.steps().low(), scan.steps().high());
            }
            double[][] part = NaiveScans.stateSpaceHead(
                    columns(joint, head * scan.headDim(), scan.headDim()),
                    dt,
                    columns(joint, map, scan.states()),
                    columns(joint, map + scan.mapWidth(), scan.states()),
                    rate(scan.rates(), head),
                    model.element(scan.skip(), head));
            place(part, y, head * scan.headDim());
        }
        double[][] gate = model.linear(mamba.maps().gate(), input);
        GatedNorm norm = mamba.norm();
        if (norm == null) {
            gate(y, gate);
        } else {
            gatedNorm(norm, y, gate, scan.channels());
        }
        return model.linear(mamba.maps().output(), y);
    }

    private double[][] delta(DeltaNet delta, double[][] input) {
        DeltaNet.Rule rule = delta.rule();
        double[][] q = convolved(delta.maps().query(), delta.inputs().query(), input);
        double[][] k = convolved(delta.maps().key(), delta.inputs().key(), input);
        double[][] v = convolved(delta.maps().value(), delta.inputs().value(), input);
        double[][] time = model.linear(delta.maps().time(), input);
        double[][] strength = model.linear(delta.maps().beta(), input);
        double[][] y = new double[input.length][rule.valueWidth()];
        for (int head = 0; head < rule.valueHeads(); head++) {
            int key = head / (rule.valueHeads() / rule.keyHeads()) * rule.keyDim();
            double[] decay = new double[input.length];
            double[] beta = new double[input.length];
            for (int t = 0; t < input.length; t++) {
                double step = NaiveScans.softplus(time[t][head] + model.element(rule.timeBias(), head));
                decay[t] = rate(rule.rates(), head) * step;
                beta[t] = 1 / (1 + Math.exp(-strength[t][head]));
            }
            double[][] part = NaiveScans.deltaHead(
                    columns(q, key, rule.keyDim()),
                    columns(k, key, rule.keyDim()),
                    columns(v, head * rule.valueDim(), rule.valueDim()),
                    decay,
                    beta);
            place(part, y, head * rule.valueDim());
        }
        gatedNorm(delta.norm(), y, model.linear(delta.maps().gate(), input), rule.valueDim());
        return model.linear(delta.maps().output(), y);
    }

    private double[][] convolved(Linear linear, Convolution convolution, double[][] input) {
        double[][] weight = new double[convolution.taps()][convolution.channels()];
        for (int j = 0; j < convolution.taps(); j++) {
            for (int c = 0; c < convolution.channels(); c++) {
                weight[j][c] = model.element(convolution.weight(), c * convolution.taps() + j);
            }
        }
        VectorRef bias = convolution.bias();
        double[] added = bias == null ? new double[convolution.channels()] : vector(bias);
        return NaiveScans.convolve(model.linear(linear, input), weight, added, true);
    }

    private double rate(Rates rates, int index) {
        double stored = model.element(rates.vector(), index);
        return rates.logarithms() ? -Math.exp(stored) : stored;
    }

    private double[] vector(VectorRef ref) {
        double[] values = new double[ref.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = model.element(ref, i);
        }
        return values;
    }

    private double[][] normed(double[][] rows, @Nullable Norm norm) {
        return norm == null
                ? rows
                : Arrays.stream(rows).map(row -> model.normed(row, norm)).toArray(double[][]::new);
    }

    private static void gate(double[][] y, double[][] gate) {
        for (int t = 0; t < y.length; t++) {
            for (int i = 0; i < y[t].length; i++) {
                y[t][i] *= NaiveScans.silu(gate[t][i]);
            }
        }
    }

    /** The norm's weight is repeated every {@code width} elements. */
    private void gatedNorm(GatedNorm norm, double[][] y, double[][] gate, int width) {
        if (norm.gateFirst()) {
            gate(y, gate);
        }
        for (double[] row : y) {
            for (int first = 0; first < row.length; first += norm.group()) {
                double squares = 0;
                for (int i = first; i < first + norm.group(); i++) {
                    squares += row[i] * row[i];
                }
                double scale =
                        1 / Math.sqrt(squares / norm.group() + norm.norm().epsilon());
                for (int i = first; i < first + norm.group(); i++) {
                    row[i] *= scale * model.element(norm.norm().weight(), i % width);
                }
            }
        }
        if (!norm.gateFirst()) {
            gate(y, gate);
        }
    }

    private static double[][] columns(double[][] rows, int first, int count) {
        return Arrays.stream(rows)
                .map(row -> Arrays.copyOfRange(row, first, first + count))
                .toArray(double[][]::new);
    }

    private static void place(double[][] part, double[][] target, int first) {
        for (int t = 0; t < part.length; t++) {
            System.arraycopy(part[t], 0, target[t], first, part[t].length);
        }
    }
}
