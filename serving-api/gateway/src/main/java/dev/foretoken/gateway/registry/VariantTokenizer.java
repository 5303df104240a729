package dev.foretoken.gateway.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.prediction.PredictionFile;
import java.nio.file.Path;

/** The tokenizer of a variant. */
public final class VariantTokenizer {

    private VariantTokenizer() {}

    /** @throws ForetokenException MODEL_UNSUPPORTED when the variant has none */
    public static Tokenizer open(Registry registry, VariantRef variant) {
        Path files = registry.view(variant, LoadProgress.SILENT).model();
        return PredictionFile.checkpointOf(files)
                .filter(Tokenizer::isAt)
                .map(Tokenizer::load)
                .orElseThrow(
                        () -> new ForetokenException(
                                ErrorCode.MODEL_UNSUPPORTED,
                                variant
                                        + " has no tokenizer (tokenizer.json or GGUF vocabulary), which text must be read with"));
    }
}
