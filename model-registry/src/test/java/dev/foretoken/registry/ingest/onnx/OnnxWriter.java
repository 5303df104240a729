package dev.foretoken.registry.ingest.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes ONNX messages by the numbers of their fields. */
public final class OnnxWriter {

    /** Writes fields into a message. */
    @FunctionalInterface
    public interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private OnnxWriter() {}

    public static byte[] message(Fields fields) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A field with a message, a text or bytes. */
    public static void put(CodedOutputStream out, int field, byte[] bytes) throws IOException {
        out.writeBytes(field, ByteString.copyFrom(bytes));
    }

    /** A file with one graph of these initializers. */
    public static byte[] model(byte[]... initializers) {
        byte[] graph = message(out -> {
            put(out, 1, message(node -> node.writeString(4, "Identity")));
            out.writeString(2, "graph");
            for (byte[] tensor : initializers) {
                put(out, 5, tensor);
            }
        });
        return message(out -> {
            out.writeInt64(1, 10);
            put(out, 7, graph);
            put(out, 8, message(opset -> opset.writeInt64(2, 21)));
        });
    }

    /** A fp32 tensor whose bytes are here. */
    public static byte[] inline(String name, long size, byte[] raw) {
        return message(out -> {
            out.writeInt64(1, size);
            out.writeInt32(2, 1);
            out.writeString(8, name);
            put(out, 9, raw);
        });
    }

    /** A fp32 tensor of {@code size} elements that is elsewhere. */
    public static byte[] external(String name, long size, String... entries) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            all.put(entries[i], entries[i + 1]);
        }
        return message(out -> {
            out.writeInt64(1, size);
            out.writeInt32(2, 1);
            out.writeString(8, name);
            for (Map.Entry<String, String> entry : all.entrySet()) {
                put(out, 13, entry(entry.getKey(), entry.getValue()));
            }
            out.writeInt32(14, 1);
        });
    }

    public static byte[] entry(String key, String value) {
        return message(out -> {
            out.writeString(1, key);
            out.writeString(2, value);
        });
    }
}
