package dev.foretoken.bench.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A LoRA adapter with random numbers on every linear map of a shape, as PEFT writes them. */
public final class AdapterFolder {
    private static final String PREFIX = "base_model.model.";
    private static final String SUFFIX = ".weight";

    private final CheckpointShape shape;
    private final int rank;

    private AdapterFolder(CheckpointShape shape, int rank) {
        this.shape = shape;
        this.rank = rank;
    }

    /** @param shape one of the names {@code bench make-model --help} lists */
    public static AdapterFolder of(String shape, int rank) {
        return new AdapterFolder(CheckpointShape.named(shape), rank);
    }

    /** The same shape, rank and seed give the same bytes. */
    public void write(Path folder, long seed) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.put("peft_type", "LORA")
                .put("r", rank)
                .put("lora_alpha", rank)
                .put("bias", "none")
                .put("target_modules", "all-linear");
        Files.writeString(folder.resolve("adapter_config.json"), config.toString());
        new SafetensorsFile(tensors(), WeightType.BF16)
                .write(folder.resolve("adapter_model.safetensors"), new RandomWeights(seed), 1, bytes -> {});
    }

    /** Experts take no adapters, nor does what is no linear map of a layer. */
    private List<TensorShape> tensors() {
        List<TensorShape> tensors = new ArrayList<>();
        for (TensorShape tensor : shape.tensors()) {
            String name = tensor.name();
            boolean linear = tensor.dimensions().size() == 2 && name.endsWith("_proj" + SUFFIX);
            if (linear) {
                String module = PREFIX + name.substring(0, name.length() - SUFFIX.length());
                int outputs = tensor.dimensions().getFirst();
                int inputs = tensor.dimensions().getLast();
                tensors.add(TensorShape.matrix(module + ".lora_A" + SUFFIX, rank, inputs));
                tensors.add(TensorShape.matrix(module + ".lora_B" + SUFFIX, outputs, rank));
            }
        }
        return tensors;
    }
}
