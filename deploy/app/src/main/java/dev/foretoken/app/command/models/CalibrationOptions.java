package dev.foretoken.app.command.models;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.CalibrationText;
import dev.foretoken.gateway.registry.VariantTokenizer;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the text that builds read. */
final class CalibrationOptions {

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description =
                    "Text like what the model will read, which methods that look at activations need: plain, or *.jsonl with a text in each line ({\"text\"}), either also as *.gz.")
    @Nullable
    private Path file;

    @Option(
            names = "--calibration-tokens",
            paramLabel = "N",
            defaultValue = "512",
            description = "Tokens of a calibration sequence. Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(
            names = "--calibration-sequences",
            paramLabel = "N",
            defaultValue = "128",
            description = "Most calibration sequences, spread over the text. Default: ${DEFAULT-VALUE}.")
    private int sequences;

    /** Token ids by the variant's own tokenizer; none when no file was given and none is {@code needed}. */
    List<int[]> sequences(Registry registry, VariantRef variant, boolean needed) {
        CalibrationText cut = new CalibrationText(tokens, sequences);
        if (file == null) {
            if (needed) {
                throw new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "this build looks at activations; give it a text to read with --calibration FILE");
            }
            return List.of();
        }
        CalibrationFile text = CalibrationFile.read(file);
        try (Tokenizer tokenizer = VariantTokenizer.open(registry, variant)) {
            return text.separate()
                    ? cut.sequences(tokenizer, text.texts())
                    : cut.sequences(tokenizer, text.texts().getFirst());
        }
    }
}
