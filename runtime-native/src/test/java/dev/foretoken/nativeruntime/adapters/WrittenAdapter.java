package dev.foretoken.nativeruntime.adapters;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** An adapter folder, written by hand: a configuration that is fine and F32 tensors of ones, until a test changes them. */
final class WrittenAdapter {

    private static final ObjectMapper JSON = new ObjectMapper();

    final ObjectNode config = JSON.createObjectNode();
    private final Map<String, int[]> shapes = new LinkedHashMap<>();
    private float value = 1;

    WrittenAdapter(int rank) {
        config.put("peft_type", "LORA").put("r", rank).put("lora_alpha", 8).put("bias", "none");
        config.put("target_modules", ".*_proj");
    }

    /** Both matrices of a module. */
    WrittenAdapter module(String name, int rank, int inputs, int outputs) {
        return tensor("base_model.model." + name + ".lora_A.weight", rank, inputs)
                .tensor("base_model.model." + name + ".lora_B.weight", outputs, rank);
    }

    WrittenAdapter tensor(String name, int... shape) {
        shapes.put(name, shape);
        return this;
    }

    WrittenAdapter of(float number) {
        value = number;
        return this;
    }

    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("adapter_config.json"), config.toString());
        ObjectNode header = JSON.createObjectNode();
        int end = 0;
        for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
            int bytes = 4;
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F32");
            for (int size : tensor.getValue()) {
                entry.withArray("shape").add(size);
                bytes *= size;
            }
            entry.putArray("data_offsets").add(end).add(end + bytes);
            end += bytes;
        }
        byte[] head = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + head.length + end).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(head.length).put(head);
        while (all.hasRemaining()) {
            all.putFloat(value);
        }
        try (OutputStream out = Files.newOutputStream(folder.resolve("adapter_model.safetensors"))) {
            out.write(all.array());
        }
        return folder;
    }
}
