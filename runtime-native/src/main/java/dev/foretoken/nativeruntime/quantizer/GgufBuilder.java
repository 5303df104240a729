package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.export.CheckpointExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code gguf}. */
final class GgufBuilder implements VariantBuilder {

    private static final BuildParameter TYPE = BuildParameter.choice(
            "type",
            "encoding of matrices; with q4_0 embedding and head are q8_0",
            "q8_0",
            "q8_0",
            "q4_0",
            "bf16",
            "f16",
            "f32");

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "gguf",
                "writes a dense decoder, quantized or not, with its vocabulary as one GGUF file, rounded to nearest in blocks of 32",
                List.of(TYPE),
                false);
    }

    @Override
    public BuildResult build(BuildJob job) {
        if (!(job.weights() instanceof Checkpoint) || !job.order().base().isFile()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "gguf writes checkpoint directories; '%s' is something else"
                            .formatted(job.order().base().name()));
        }
        Path folder = Path.of(job.order().base().location());
        Path file = job.order().output().resolve("model.gguf");
        GgmlType type = GgmlType.valueOf(job.parameters().text("type").toUpperCase(Locale.ROOT));
        try (CheckpointRows rows = new CheckpointRows(job.plan(), job.weights())) {
            Files.deleteIfExists(file);
            CheckpointExport.write(folder, rows, type, file, job::step);
            return new BuildResult(BuildResult.Output.GGUF, Map.of(), Map.of("file-bytes", Files.size(file)));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the variant cannot be written: " + e.getMessage(), e);
        }
    }
}
