package dev.foretoken.nativeruntime.quantizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import dev.foretoken.nativeruntime.weights.StoredTensorFile;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes {@code config.json} and {@code model.safetensors} of a quantized checkpoint; everything that was not changed is the base's. */
final class CheckpointOutput {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Checkpoint base;
    private final Path folder;

    CheckpointOutput(Checkpoint base, Path folder) {
        this.base = base;
        this.folder = folder;
    }

    /**
     * Returns what was written.
     *
     * @param made take the place of base tensors of the same names
     * @param replaced base tensors that are not written
     */
    List<StoredTensor> write(QuantizedFormat format, Map<String, StoredTensor> made, Set<String> replaced) {
        List<StoredTensor> all = new ArrayList<>(made.values());
        base.tensors().forEach((name, tensor) -> {
            if (!made.containsKey(name) && !replaced.contains(name)) {
                all.add(tensor);
            }
        });
        try {
            StoredTensorFile.write(folder.resolve("model.safetensors"), all, Map.of("format", "pt"));
            if (JSON.readTree(base.config()) instanceof ObjectNode config) {
                config.set("quantization_config", format.config(JSON));
                byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
                Files.write(folder.resolve("config.json"), text);
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the variant cannot be written: " + e.getMessage(), e);
        }
        return all;
    }
}
