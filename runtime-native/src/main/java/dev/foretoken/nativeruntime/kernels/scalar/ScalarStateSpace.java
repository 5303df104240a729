package dev.foretoken.nativeruntime.kernels.scalar;

import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import java.lang.foreign.MemorySegment;

/**
 * Mamba-2's scan, head by head. A chunk is computed as the paper's block decomposition has it: what its own tokens give each other, as a
 * matrix of pairs; what the state before it gives; and the state behind it.
 */
public final class ScalarStateSpace {

    private final StateSpaceWeights weights;
    private final ScanInputs inputs;
    private final MemorySegment out;
    private final int states;
    private final int width;

    private ScalarStateSpace(StateSpaceWeights weights, ScanInputs inputs, MemorySegment out) {
        this.weights = weights;
        this.inputs = inputs;
        this.out = out;
        this.states = weights.shape().states();
        this.width = weights.shape().headDim();
    }

    public static void scan(
            StateSpaceWeights weights, StateBatch batch, StateLayer state, ScanInputs inputs, MemorySegment out) {
        ScalarStateSpace scan = new ScalarStateSpace(weights, inputs, out);
        int headFloats = scan.states * scan.width;
        for (int row = 0; row < batch.rows(); row++) {
            for (int head = 0; head < weights.shape().heads(); head++) {
                long at = (long) batch.slot(row) * state.floats() + (long) head * headFloats;
                float[] h = FloatRows.read(state.data(), at, headFloats);
                scan.row(batch, row, head, h);
                FloatRows.write(h, state.data(), at);
            }
        }
    }

    /** One head of a row; h: its state [states, headDim]. */
    private void row(StateBatch batch, int row, int head, float[] h) {
        int first = batch.tokenOffset(row);
        int prompt = batch.promptPart(row);
        for (int i = 0; i < prompt; i += StateSpaceWeights.CHUNK) {
            chunk(tokens(head, first + i, Math.min(StateSpaceWeights.CHUNK, prompt - i)), h);
        }
        for (int i = prompt; i < batch.tokenCount(row); i++) {
            step(tokens(head, first + i, 1), h);
        }
    }

    /**
     * What one head reads of consecutive tokens.
     *
     * @param dt time steps
     * @param x, b, c one array per token: [headDim], [states], [states]
     */
    private record Tokens(int head, int first, float[] dt, float[][] x, float[][] b, float[][] c) {
        int count() {
            return dt.length;
        }
    }

    private Tokens tokens(int head, int first, int count) {
        StateSpaceWeights.Shape shape = weights.shape();
        int map = head / (shape.heads() / shape.groups()) * states;
        float bias = FloatRows.read(weights.timeBias(), head, 1)[0];
        Tokens tokens =
                new Tokens(head, first, new float[count], new float[count][], new float[count][], new float[count][]);
        for (int i = 0; i < count; i++) {
            float step = Exponential.softplus(inputs.time().at(first + i, head) + bias);
            tokens.dt[i] = Math.min(weights.timeHigh(), Math.max(weights.timeLow(), step));
            tokens.x[i] = FloatRows.read(inputs.x(), first + i, head * width, width);
            tokens.b[i] = FloatRows.read(inputs.b(), first + i, map, states);
            tokens.c[i] = FloatRows.read(inputs.c(), first + i, map, states);
        }
        return tokens;
    }

    private float rate(int head) {
        return FloatRows.read(weights.a(), head, 1)[0] * Exponential.LOG2_E;
    }

    /** One token by the recurrence. */
    private void step(Tokens token, float[] h) {
        float decay = Exponential.exp2Falling(token.dt[0] * rate(token.head));
        float[] y = new float[width];
        for (int p = 0; p < width; p++) {
            float entering = token.dt[0] * token.x[0][p];
            float sum = 0;
            for (int n = 0; n < states; n++) {
                int at = n * width + p;
                h[at] = Math.fma(decay, h[at], entering * token.b[0][n]);
                sum = Math.fma(h[at], token.c[0][n], sum);
            }
            y[p] = sum;
        }
        emit(token, 0, y);
    }

    private void chunk(Tokens tokens, float[] h) {
        float[] reach = reach(tokens);
        for (int i = 0; i < tokens.count(); i++) {
            float[] weight = pairs(tokens, reach, i);
            float fromState = Exponential.exp2Falling(reach[i]);
            float[] y = new float[width];
            for (int p = 0; p < width; p++) {
                float own = 0;
                for (int j = 0; j <= i; j++) {
                    own = Math.fma(weight[j], tokens.x[j][p], own);
                }
                float carried = 0;
                for (int n = 0; n < states; n++) {
                    carried = Math.fma(tokens.c[i][n], h[n * width + p], carried);
                }
                y[p] = Math.fma(fromState, carried, own);
            }
            emit(tokens, i, y);
        }
        advance(tokens, reach, h);
    }

    /** Sums of log2 decays up to and including each token. */
    private float[] reach(Tokens tokens) {
        float rate = rate(tokens.head);
        float[] reach = new float[tokens.count()];
        float sum = 0;
        for (int i = 0; i < reach.length; i++) {
            sum += tokens.dt[i] * rate;
            reach[i] = sum;
        }
        return reach;
    }

    /** What token i takes of each token j up to itself: {@code (c_i . b_j) * 2^(reach_i - reach_j) * dt_j}. */
    private float[] pairs(Tokens tokens, float[] reach, int i) {
        float[] weight = new float[i + 1];
        for (int j = 0; j <= i; j++) {
            float dot = 0;
            for (int n = 0; n < states; n++) {
                dot = Math.fma(tokens.c[i][n], tokens.b[j][n], dot);
            }
            weight[j] = dot * Exponential.exp2Falling(reach[i] - reach[j]) * tokens.dt[j];
        }
        return weight;
    }

    /** The state behind the chunk. */
    private void advance(Tokens tokens, float[] reach, float[] h) {
        int last = tokens.count() - 1;
        float decay = Exponential.exp2Falling(reach[last]);
        float[] weight = new float[tokens.count()];
        for (int j = 0; j <= last; j++) {
            weight[j] = Exponential.exp2Falling(reach[last] - reach[j]) * tokens.dt[j];
        }
        for (int n = 0; n < states; n++) {
            for (int p = 0; p < width; p++) {
                float sum = decay * h[n * width + p];
                for (int j = 0; j <= last; j++) {
                    sum = Math.fma(tokens.b[j][n], weight[j] * tokens.x[j][p], sum);
                }
                h[n * width + p] = sum;
            }
        }
    }

    /** Adds the part that passes the state by, and writes token i's output. */
    private void emit(Tokens tokens, int i, float[] y) {
        float pass = FloatRows.read(weights.d(), tokens.head, 1)[0];
        for (int p = 0; p < width; p++) {
            y[p] = Math.fma(pass, tokens.x[i][p], y[p]);
        }
        long token = tokens.first + (long) i;
        FloatRows.write(y, out, (token * weights.shape().heads() + tokens.head) * width);
    }
}
