package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.DeltaInputs;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import java.lang.foreign.MemorySegment;

/** A layer with a chunked form and the inputs of some tokens: what the tests of both such kernels vary. */
sealed interface RecurrentCase {

    int stateFloats();

    int outputWidth();

    /** Computes into {@code out}: fp32 [tokens, outputWidth]. */
    void run(RecurrentKernels kernels, StateBatch batch, StateLayer state, MemorySegment out);

    /** All tokens as one sequence in double. */
    double[][] naive();

    record StateSpace(int tokens, StateSpaceWeights weights, ScanInputs inputs) implements RecurrentCase {
        static StateSpace of(KernelCase data, int tokens, StateSpaceWeights.Shape shape) {
            int heads = shape.heads();
            StateSpaceWeights weights = new StateSpaceWeights(
                    shape,
                    data.floats(heads, () -> -data.random.nextDouble(0.1, 3)),
                    data.floats(heads, data::normal),
                    data.floats(heads, data::normal),
                    0.05f,
                    1.5f);
            int maps = shape.groups() * shape.states();
            int stride = shape.channels() + 2 * maps;
            TokenVectors joint = TokenVectors.of(data.floats((long) tokens * stride, data::normal), stride);
            return new StateSpace(
                    tokens,
                    weights,
                    new ScanInputs(
                            joint.slice(0, shape.channels()),
                            TokenVectors.of(data.floats((long) tokens * heads, data::normal), heads),
                            joint.slice(shape.channels(), maps),
                            joint.slice(shape.channels() + maps, maps)));
        }

        @Override
        public int stateFloats() {
            return weights.shape().stateFloats();
        }

        @Override
        public int outputWidth() {
            return weights.shape().channels();
        }

        @Override
        public void run(RecurrentKernels kernels, StateBatch batch, StateLayer state, MemorySegment out) {
            kernels.stateSpace(weights, batch, state, inputs, out);
        }

        @Override
        public double[][] naive() {
            StateSpaceWeights.Shape shape = weights.shape();
            double[][] out = new double[tokens][shape.channels()];
            for (int head = 0; head < shape.heads(); head++) {
                int map = head / (shape.heads() / shape.groups()) * shape.states();
                double[] dt = new double[tokens];
                for (int t = 0; t < tokens; t++) {
                    double step =
                            NaiveScans.softplus((double) inputs.time().at(t, head) + element(weights.timeBias(), head));
                    dt[t] = Math.clamp(step, weights.timeLow(), weights.timeHigh());
                }
                place(
                        out,
                        head * shape.headDim(),
                        NaiveScans.stateSpaceHead(
                                part(inputs.x(), tokens, head * shape.headDim(), shape.headDim()),
                                dt,
                                part(inputs.b(), tokens, map, shape.states()),
                                part(inputs.c(), tokens, map, shape.states()),
                                element(weights.a(), head),
                                element(weights.d(), head)));
            }
            return out;
        }
    }

    record Delta(int tokens, DeltaRuleWeights weights, DeltaInputs inputs) implements RecurrentCase {
        static Delta of(KernelCase data, int tokens, DeltaRuleWeights.Shape shape) {
            int heads = shape.valueHeads();
            DeltaRuleWeights weights = new DeltaRuleWeights(
                    shape,
                    data.floats(heads, () -> -data.random.nextDouble(0.05, 1)),
                    data.floats(heads, data::normal),
                    1e-6f);
            int stride = 2 * shape.keyWidth() + shape.valueWidth();
            TokenVectors joint = TokenVectors.of(data.floats((long) tokens * stride, data::normal), stride);
            return new Delta(
                    tokens,
                    weights,
                    new DeltaInputs(
                            joint.slice(0, shape.keyWidth()),
                            joint.slice(shape.keyWidth(), shape.keyWidth()),
                            joint.slice(2 * shape.keyWidth(), shape.valueWidth()),
                            TokenVectors.of(data.floats((long) tokens * heads, data::normal), heads),
                            TokenVectors.of(data.floats((long) tokens * heads, data::normal), heads)));
        }

        @Override
        public int stateFloats() {
            return weights.shape().stateFloats();
        }

        @Override
        public int outputWidth() {
            return weights.shape().valueWidth();
        }

        @Override
        public void run(RecurrentKernels kernels, StateBatch batch, StateLayer state, MemorySegment out) {
            kernels.deltaRule(weights, batch, state, inputs, out);
        }

        @Override
        public double[][] naive() {
            DeltaRuleWeights.Shape shape = weights.shape();
            double[][] out = new double[tokens][shape.valueWidth()];
            for (int head = 0; head < shape.valueHeads(); head++) {
                int key = head / (shape.valueHeads() / shape.keyHeads()) * shape.keyDim();
                double[] decay = new double[tokens];
                double[] beta = new double[tokens];
                for (int t = 0; t < tokens; t++) {
                    decay[t] = element(weights.a(), head)
                            * NaiveScans.softplus(
                                    (double) inputs.time().at(t, head) + element(weights.timeBias(), head));
                    beta[t] = 1 / (1 + Math.exp(-inputs.beta().at(t, head)));
                }
                place(
                        out,
                        head * shape.valueDim(),
                        NaiveScans.deltaHead(
                                part(inputs.q(), tokens, key, shape.keyDim()),
                                part(inputs.k(), tokens, key, shape.keyDim()),
                                part(inputs.v(), tokens, head * shape.valueDim(), shape.valueDim()),
                                decay,
                                beta));
            }
            return out;
        }
    }

    private static double element(MemorySegment vector, int index) {
        return vector.get(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * index);
    }

    private static double[][] part(TokenVectors source, int tokens, int first, int count) {
        double[][] result = new double[tokens][count];
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < count; i++) {
                result[t][i] = source.at(t, first + i);
            }
        }
        return result;
    }

    private static void place(double[][] target, int first, double[][] part) {
        for (int t = 0; t < part.length; t++) {
            System.arraycopy(part[t], 0, target[t], first, part[t].length);
        }
    }
}
