package dev.foretoken.onnxruntime.decoder;

/**
 * What is known of a decoder beside its graph.
 *
 * @param name of the model, for logs
 * @param contextTokens most tokens of a sequence; 0 = not said
 * @param hiddenSize 0 = not said
 * @param sharedBuffers whether past and present are one buffer, which the graph writes into
 * @param leftPadding whether the graph may be told by its mask to skip positions on the left of a row
 * @param names of its inputs and outputs
 * @param weightBytes memory of the loaded graph
 * @param numericsId equal ids promise equal bits of a run of the same shape
 */
public record DecoderFacts(
        String name,
        int contextTokens,
        int hiddenSize,
        boolean sharedBuffers,
        boolean leftPadding,
        PortNames names,
        long weightBytes,
        String numericsId) {

    /** Of a graph that counts a row's tokens from its left, so that nothing may be padded there. */
    DecoderFacts unpadded() {
        return new DecoderFacts(name, contextTokens, hiddenSize, sharedBuffers, false, names, weightBytes, numericsId);
    }

    /** A graph with nothing beside it, as optimum names its inputs. */
    public static DecoderFacts of(String name, int contextTokens, long weightBytes, String numericsId) {
        return new DecoderFacts(name, contextTokens, 0, false, true, PortNames.CUSTOMARY, weightBytes, numericsId);
    }
}
