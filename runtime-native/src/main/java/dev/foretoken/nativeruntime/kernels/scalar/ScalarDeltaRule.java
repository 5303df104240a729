package dev.foretoken.nativeruntime.kernels.scalar;

import dev.foretoken.nativeruntime.kernels.layout.DeltaInputs;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import java.lang.foreign.MemorySegment;

/**
 * The gated delta rule, head by head. In a chunk, what token i corrects depends on the corrections of the tokens before it: a lower triangular
 * system, solved by forward substitution (the UT transform of Yang 2024 applied to its right side).
 */
public final class ScalarDeltaRule {

    private final DeltaRuleWeights weights;
    private final DeltaInputs inputs;
    private final MemorySegment out;
    private final int keyDim;
    private final int valueDim;

    private ScalarDeltaRule(DeltaRuleWeights weights, DeltaInputs inputs, MemorySegment out) {
        this.weights = weights;
        this.inputs = inputs;
        this.out = out;
        this.keyDim = weights.shape().keyDim();
        this.valueDim = weights.shape().valueDim();
    }

    public static void scan(
            DeltaRuleWeights weights, StateBatch batch, StateLayer state, DeltaInputs inputs, MemorySegment out) {
        ScalarDeltaRule rule = new ScalarDeltaRule(weights, inputs, out);
        int headFloats = rule.keyDim * rule.valueDim;
        for (int row = 0; row < batch.rows(); row++) {
            for (int head = 0; head < weights.shape().valueHeads(); head++) {
                long at = (long) batch.slot(row) * state.floats() + (long) head * headFloats;
                float[] h = FloatRows.read(state.data(), at, headFloats);
                rule.row(batch, row, head, h);
                FloatRows.write(h, state.data(), at);
            }
        }
    }

    /** One head of a row; h: its state [keyDim, valueDim]. */
    private void row(StateBatch batch, int row, int head, float[] h) {
        int first = batch.tokenOffset(row);
        int prompt = batch.promptPart(row);
        for (int i = 0; i < prompt; i += DeltaRuleWeights.CHUNK) {
            chunk(tokens(head, first + i, Math.min(DeltaRuleWeights.CHUNK, prompt - i)), h);
        }
        for (int i = prompt; i < batch.tokenCount(row); i++) {
            step(tokens(head, first + i, 1), h);
        }
    }

    /**
     * What one head reads of consecutive tokens.
     *
     * @param decay logarithms of the decays, base 2
     * @param beta strengths of the corrections
     * @param q, k, v one array per token: [keyDim], [keyDim], [valueDim]
     */
    private record Tokens(int head, int first, float[] decay, float[] beta, float[][] q, float[][] k, float[][] v) {
        int count() {
            return beta.length;
        }
    }

    private Tokens tokens(int head, int first, int count) {
        int keyHead = head / (weights.shape().valueHeads() / weights.shape().keyHeads());
        float rate = FloatRows.read(weights.a(), head, 1)[0] * Exponential.LOG2_E;
        float bias = FloatRows.read(weights.timeBias(), head, 1)[0];
        float scale = (float) (1 / Math.sqrt(keyDim));
        Tokens tokens = new Tokens(
                head,
                first,
                new float[count],
                new float[count],
                new float[count][],
                new float[count][],
                new float[count][]);
        for (int i = 0; i < count; i++) {
            tokens.decay[i] = rate * Exponential.softplus(inputs.time().at(first + i, head) + bias);
            tokens.beta[i] = Exponential.sigmoid(inputs.beta().at(first + i, head));
            tokens.q[i] = unit(inputs.q(), first + i, keyHead, scale);
            tokens.k[i] = unit(inputs.k(), first + i, keyHead, 1);
            tokens.v[i] = FloatRows.read(inputs.v(), first + i, head * valueDim, valueDim);
        }
        return tokens;
    }

    /** A query or key divided by its length, times scale. */
    private float[] unit(TokenVectors source, int token, int head, float scale) {
        float[] vector = FloatRows.read(source, token, head * keyDim, keyDim);
        double squares = 0;
        for (float element : vector) {
            squares += (double) element * element;
        }
        float factor = (float) (1 / Math.sqrt(squares + weights.epsilon()));
        for (int i = 0; i < keyDim; i++) {
            vector[i] = vector[i] * factor * scale;
        }
        return vector;
    }

    /** One token by the recurrence. */
    private void step(Tokens token, float[] h) {
        float decay = Exponential.exp2Falling(token.decay[0]);
        for (int i = 0; i < h.length; i++) {
            h[i] = decay * h[i];
        }
        float[] known = product(token.k[0], h);
        float[] correction = new float[valueDim];
        for (int p = 0; p < valueDim; p++) {
            correction[p] = token.beta[0] * (token.v[0][p] - known[p]);
        }
        for (int n = 0; n < keyDim; n++) {
            for (int p = 0; p < valueDim; p++) {
                h[n * valueDim + p] = Math.fma(token.k[0][n], correction[p], h[n * valueDim + p]);
            }
        }
        emit(token, 0, product(token.q[0], h));
    }

    private void chunk(Tokens tokens, float[] h) {
        float[] reach = reach(tokens);
        float[][] corrections = corrections(tokens, reach, h);
        for (int i = 0; i < tokens.count(); i++) {
            float[] carried = product(tokens.q[i], h);
            float[] y = mix(tokens.q[i], tokens, reach, i, i + 1, corrections);
            float fromState = Exponential.exp2Falling(reach[i]);
            for (int p = 0; p < valueDim; p++) {
                y[p] = Math.fma(fromState, carried[p], y[p]);
            }
            emit(tokens, i, y);
        }
        advance(tokens, reach, corrections, h);
    }

    private static float[] reach(Tokens tokens) {
        float[] reach = new float[tokens.count()];
        float sum = 0;
        for (int i = 0; i < reach.length; i++) {
            sum += tokens.decay[i];
            reach[i] = sum;
        }
        return reach;
    }

    /** What each token writes: its value less what the state and the tokens before it hold for its key. */
    private float[][] corrections(Tokens tokens, float[] reach, float[] h) {
        float[][] corrections = new float[tokens.count()][];
        for (int i = 0; i < tokens.count(); i++) {
            float[] carried = product(tokens.k[i], h);
            float[] written = mix(tokens.k[i], tokens, reach, i, i, corrections);
            float fromState = Exponential.exp2Falling(reach[i]);
            corrections[i] = new float[valueDim];
            for (int p = 0; p < valueDim; p++) {
                float known = Math.fma(fromState, carried[p], written[p]);
                corrections[i][p] = tokens.beta[i] * (tokens.v[i][p] - known);
            }
        }
        return corrections;
    }

    /** {@code sum over j < end of (vector . k_j) * 2^(reach_i - reach_j) * correction_j}. */
    private float[] mix(float[] vector, Tokens tokens, float[] reach, int i, int end, float[][] corrections) {
        float[] sum = new float[valueDim];
        for (int j = 0; j < end; j++) {
            float dot = 0;
            for (int n = 0; n < keyDim; n++) {
                dot = Math.fma(vector[n], tokens.k[j][n], dot);
            }
            float weight = dot * Exponential.exp2Falling(reach[i] - reach[j]);
            for (int p = 0; p < valueDim; p++) {
                sum[p] = Math.fma(weight, corrections[j][p], sum[p]);
            }
        }
        return sum;
    }

    private void advance(Tokens tokens, float[] reach, float[][] corrections, float[] h) {
        int last = tokens.count() - 1;
        float decay = Exponential.exp2Falling(reach[last]);
        for (int i = 0; i < h.length; i++) {
            h[i] = decay * h[i];
        }
        for (int j = 0; j <= last; j++) {
            float weight = Exponential.exp2Falling(reach[last] - reach[j]);
            for (int n = 0; n < keyDim; n++) {
                float key = tokens.k[j][n] * weight;
                for (int p = 0; p < valueDim; p++) {
                    h[n * valueDim + p] = Math.fma(key, corrections[j][p], h[n * valueDim + p]);
                }
            }
        }
    }

    /** {@code h^T vector}: [valueDim]. */
    private float[] product(float[] vector, float[] h) {
        float[] result = new float[valueDim];
        for (int n = 0; n < keyDim; n++) {
            for (int p = 0; p < valueDim; p++) {
                result[p] = Math.fma(vector[n], h[n * valueDim + p], result[p]);
            }
        }
        return result;
    }

    private void emit(Tokens tokens, int i, float[] y) {
        long token = tokens.first + (long) i;
        FloatRows.write(y, out, (token * weights.shape().valueHeads() + tokens.head) * valueDim);
    }
}
