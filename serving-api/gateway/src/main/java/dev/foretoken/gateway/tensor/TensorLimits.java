package dev.foretoken.gateway.tensor;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * What one request with tensors, or with texts that become tensors, may ask for at most.
 *
 * @param maxRequestBytes all inputs of a request together, and the message or body that brings them; JSON in it has the limit of other bodies
 * @param maxTensors inputs, and outputs asked for
 * @param maxDimensions of one tensor
 * @param maxTexts texts of one request for embeddings, scores or classes
 */
public record TensorLimits(int maxRequestBytes, int maxTensors, int maxDimensions, int maxTexts) {

    public static final TensorLimits DEFAULT = new TensorLimits(32 << 20, 256, 16, 2048);

    public TensorLimits {
        requireRange("gateway.max-tensor-bytes", maxRequestBytes, 1024, 1 << 30);
        requireRange("gateway.max-tensors", maxTensors, 1, 1 << 16);
        requireRange("gateway.max-tensor-dimensions", maxDimensions, 1, 64);
        requireRange("gateway.max-texts", maxTexts, 1, 1 << 16);
    }

    public TensorLimits withMaxRequestBytes(int bytes) {
        return new TensorLimits(bytes, maxTensors, maxDimensions, maxTexts);
    }
}
