package dev.foretoken.onnxruntime.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.foretoken.contract.runtime.ElementType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes small ONNX files by the numbers of their fields. Dimensions are texts: a number, or the name of one of any size. */
public final class GraphWriter {

    private static final int INT_ATTRIBUTE = 2;
    private static final int INTS_ATTRIBUTE = 7;

    /** Writes fields into a message. */
    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    /** An attribute of a node. */
    public record Attribute(String name, byte[] message) {
        public static Attribute of(String name, long value) {
            return new Attribute(name, GraphWriter.message(out -> {
                out.writeString(1, name);
                out.writeInt64(3, value);
                out.writeInt32(20, INT_ATTRIBUTE);
            }));
        }

        public static Attribute of(String name, List<Long> values) {
            return new Attribute(name, GraphWriter.message(out -> {
                out.writeString(1, name);
                for (long value : values) {
                    out.writeInt64(8, value);
                }
                out.writeInt32(20, INTS_ATTRIBUTE);
            }));
        }
    }

    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> initializers = new ArrayList<>();
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<byte[]> outputs = new ArrayList<>();
    private final List<byte[]> metadata = new ArrayList<>();

    public GraphWriter input(String name, ElementType type, String... dimensions) {
        inputs.add(port(name, type, dimensions));
        return this;
    }

    public GraphWriter output(String name, ElementType type, String... dimensions) {
        outputs.add(port(name, type, dimensions));
        return this;
    }

    /** A node of the standard operators. */
    public GraphWriter node(String operator, List<String> in, List<String> out, Attribute... attributes) {
        nodes.add(message(node -> {
            for (String name : in) {
                node.writeString(1, name);
            }
            for (String name : out) {
                node.writeString(2, name);
            }
            node.writeString(3, operator + nodes.size());
            node.writeString(4, operator);
            for (Attribute attribute : attributes) {
                put(node, 5, attribute.message());
            }
        }));
        return this;
    }

    public GraphWriter floats(String name, List<Long> shape, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return initializer(name, ElementType.FP32, shape, raw.array());
    }

    public GraphWriter longs(String name, List<Long> shape, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            raw.putLong(value);
        }
        return initializer(name, ElementType.INT64, shape, raw.array());
    }

    private GraphWriter initializer(String name, ElementType type, List<Long> shape, byte[] raw) {
        initializers.add(message(out -> {
            for (long dimension : shape) {
                out.writeInt64(1, dimension);
            }
            out.writeInt32(2, number(type));
            out.writeString(8, name);
            put(out, 9, raw);
        }));
        return this;
    }

    /** An initializer of fp32 whose bytes lie in another file. */
    public GraphWriter external(String name, List<Long> shape, String location) {
        initializers.add(message(out -> {
            for (long dimension : shape) {
                out.writeInt64(1, dimension);
            }
            out.writeInt32(2, number(ElementType.FP32));
            out.writeString(8, name);
            put(out, 13, entry("location", location));
            out.writeInt32(14, 1);
        }));
        return this;
    }

    public GraphWriter metadata(String key, String value) {
        metadata.add(entry(key, value));
        return this;
    }

    public byte[] bytes() {
        byte[] graph = message(out -> {
            putAll(out, 1, nodes);
            out.writeString(2, "graph");
            putAll(out, 5, initializers);
            putAll(out, 11, inputs);
            putAll(out, 12, outputs);
        });
        return message(out -> {
            out.writeInt64(1, 10);
            put(out, 7, graph);
            put(out, 8, message(opset -> opset.writeInt64(2, 21)));
            putAll(out, 14, metadata);
        });
    }

    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] port(String name, ElementType type, String... dimensions) {
        byte[] shape = message(out -> {
            for (String dimension : dimensions) {
                put(out, 1, dimension(dimension));
            }
        });
        byte[] tensor = message(out -> {
            out.writeInt32(1, number(type));
            put(out, 2, shape);
        });
        return message(out -> {
            out.writeString(1, name);
            put(out, 2, message(kind -> put(kind, 1, tensor)));
        });
    }

    private static byte[] dimension(String text) {
        return message(out -> {
            if (text.chars().allMatch(Character::isDigit)) {
                out.writeInt64(1, Long.parseLong(text));
            } else {
                out.writeString(2, text);
            }
        });
    }

    /** What ONNX calls the type. */
    public static int number(ElementType type) {
        return switch (type) {
            case FP32 -> 1;
            case UINT8 -> 2;
            case INT8 -> 3;
            case UINT16 -> 4;
            case INT16 -> 5;
            case INT32 -> 6;
            case INT64 -> 7;
            case BYTES -> 8;
            case BOOL -> 9;
            case FP16 -> 10;
            case FP64 -> 11;
            case UINT32 -> 12;
            case UINT64 -> 13;
            case BF16 -> 16;
        };
    }

    private static byte[] entry(String key, String value) {
        return message(out -> {
            out.writeString(1, key);
            out.writeString(2, value);
        });
    }

    private static void putAll(CodedOutputStream out, int field, List<byte[]> messages) throws IOException {
        for (byte[] message : messages) {
            put(out, field, message);
        }
    }

    private static void put(CodedOutputStream out, int field, byte[] bytes) throws IOException {
        out.writeBytes(field, ByteString.copyFrom(bytes));
    }

    private static byte[] message(Fields fields) {
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

    /** Names of the nodes' ends. */
    public static List<String> names(String... names) {
        return Arrays.asList(names);
    }
}
