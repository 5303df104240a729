package dev.foretoken.nativeruntime.kernels.layout;

/**
 * What the delta rule reads per token.
 *
 * @param q [keyHeads, keyDim], not normalised
 * @param k [keyHeads, keyDim], not normalised
 * @param v [valueHeads, valueDim]
 * @param time [valueHeads]: time steps before softplus
 * @param beta [valueHeads]: strength of the correction before the sigmoid
 */
public record DeltaInputs(TokenVectors q, TokenVectors k, TokenVectors v, TokenVectors time, TokenVectors beta) {
    public void require(int tokens, DeltaRuleWeights.Shape shape) {
        q.require("q", tokens, shape.keyWidth());
        k.require("k", tokens, shape.keyWidth());
        v.require("v", tokens, shape.valueWidth());
        time.require("time", tokens, shape.valueHeads());
        beta.require("beta", tokens, shape.valueHeads());
    }
}
