package dev.foretoken.registry.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Safetensors files with tensors of random bytes, one behind the other. */
public final class SampleTensors {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, byte[]> tensors = new LinkedHashMap<>();

    /** Adds a U8 tensor of {@code bytes} bytes that follow from {@code seed}. */
    public SampleTensors with(String name, int bytes, long seed) {
        byte[] data = new byte[bytes];
        new Random(seed).nextBytes(data);
        tensors.put(name, data);
        return this;
    }

    /** A file of a few small tensors. */
    public static byte[] small() {
        return new SampleTensors()
                .with("model.embed_tokens.weight", 40, 1)
                .with("model.norm.weight", 8, 2)
                .with("lm_head.weight", 40, 3)
                .file();
    }

    /** The whole file. */
    public byte[] file() {
        ObjectNode header = JSON.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        int at = 0;
        for (Map.Entry<String, byte[]> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey());
            entry.put("dtype", "U8").putArray("shape").add(tensor.getValue().length);
            entry.putArray("data_offsets").add(at).add(at + tensor.getValue().length);
            at += tensor.getValue().length;
        }
        ByteBuffer data = ByteBuffer.allocate(at);
        tensors.values().forEach(data::put);
        return file(header.toString(), data.array());
    }

    /** A file with any header. */
    public static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }
}
