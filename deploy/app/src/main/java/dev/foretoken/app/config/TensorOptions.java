package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.tensor.TensorLimits;
import picocli.CommandLine.Option;

/** Options about requests with tensors, and with texts for encoders. */
public final class TensorOptions {

    private static final String MAX_BYTES = "max-tensor-bytes";

    @Option(
            names = "--" + MAX_BYTES,
            paramLabel = "SIZE",
            converter = ByteSize.class,
            defaultValue = "${env:FORETOKEN_MAX_TENSOR_BYTES:-32m}",
            description =
                    "Tensors of one inference request together; a larger one is refused. JSON has the limit of other bodies: large tensors are sent as bytes. Default: ${DEFAULT-VALUE}.")
    long maxBytes = TensorLimits.DEFAULT.maxRequestBytes();

    @Option(
            names = "--max-texts",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_TEXTS:-2048}",
            description =
                    "Texts of one request for embeddings, ranks or classes; more are refused. Default: ${DEFAULT-VALUE}.")
    int maxTexts = TensorLimits.DEFAULT.maxTexts();

    TensorLimits limits() {
        requireRange(MAX_BYTES, maxBytes, 1024, 1 << 30);
        return new TensorLimits(
                (int) maxBytes, TensorLimits.DEFAULT.maxTensors(), TensorLimits.DEFAULT.maxDimensions(), maxTexts);
    }
}
