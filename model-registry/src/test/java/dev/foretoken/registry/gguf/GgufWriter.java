package dev.foretoken.registry.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes GGUF files as tests want them. */
public final class GgufWriter {

    private record Entry(GgmlType type, long[] dimensions, byte[] data) {}

    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, Entry> tensors = new LinkedHashMap<>();
    private int version = 3;
    private int alignment = 32;

    public GgufWriter version(int number) {
        version = number;
        return this;
    }

    /** Also written as {@code general.alignment}. */
    public GgufWriter alignment(int bytes) {
        alignment = bytes;
        return put("general.alignment", bytes);
    }

    /**
     * Adds a pair. Integer becomes UINT32, Long UINT64, Byte INT8, Short INT16, Float FLOAT32, Double FLOAT64; int[], float[] and byte[]
     * and lists become arrays of the like.
     */
    public GgufWriter put(String key, Object value) {
        values.put(key, value);
        return this;
    }

    /** {@code dimensions}: the contiguous one first. */
    public GgufWriter tensor(String name, GgmlType type, byte[] data, long... dimensions) {
        tensors.put(name, new Entry(type, dimensions, data));
        return this;
    }

    public void write(Path path) {
        try {
            Files.write(path, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes {@code NAME-00001-of-00003.gguf} and so on: the metadata and the first share of the tensors, then the other shares.
     *
     * @return the first part's path
     */
    public Path writeSplit(Path folder, String name, int parts) {
        List<GgufWriter> shares = split(parts);
        for (int i = parts - 1; i >= 0; i--) {
            shares.get(i).write(folder.resolve("%s-%05d-of-%05d.gguf".formatted(name, i + 1, parts)));
        }
        return folder.resolve("%s-%05d-of-%05d.gguf".formatted(name, 1, parts));
    }

    /** The parts, each as a file of its own. */
    public List<GgufWriter> split(int parts) {
        List<GgufWriter> shares = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            GgufWriter share = new GgufWriter().version(version);
            share.alignment = alignment;
            shares.add(share.put("split.no", (short) i)
                    .put("split.count", (short) parts)
                    .put("split.tensors.count", tensors.size()));
        }
        shares.getFirst().values.putAll(values);
        int index = 0;
        for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
            shares.get(index++ * parts / tensors.size()).tensors.put(tensor.getKey(), tensor.getValue());
        }
        return shares;
    }

    public byte[] bytes() {
        Output out = new Output();
        out.i32(GgufHeader.MAGIC).i32(version).i64(tensors.size()).i64(values.size());
        values.forEach(
                (key, value) -> out.text(key).i32(typeOf(value).ordinal()).value(value));
        long offset = 0;
        for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
            Entry entry = tensor.getValue();
            out.text(tensor.getKey()).i32(entry.dimensions().length);
            for (long dimension : entry.dimensions()) {
                out.i64(dimension);
            }
            out.i32(entry.type().id()).i64(offset);
            offset += Math.ceilDiv(entry.data().length, (long) alignment) * alignment;
        }
        for (Entry entry : tensors.values()) {
            out.align(alignment);
            out.bytes.writeBytes(entry.data());
        }
        return out.bytes.toByteArray();
    }

    private static ValueType typeOf(Object value) {
        return switch (value) {
            case Byte b -> ValueType.INT8;
            case Short s -> ValueType.INT16;
            case Integer i -> ValueType.UINT32;
            case Long l -> ValueType.UINT64;
            case Float f -> ValueType.FLOAT32;
            case Double d -> ValueType.FLOAT64;
            case Boolean b -> ValueType.BOOL;
            case String s -> ValueType.STRING;
            default -> ValueType.ARRAY;
        };
    }

    private static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Output i32(int value) {
            bytes.writeBytes(buffer(4).putInt(value).array());
            return this;
        }

        private Output i64(long value) {
            bytes.writeBytes(buffer(8).putLong(value).array());
            return this;
        }

        private static ByteBuffer buffer(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }

        private Output text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            i64(utf8.length);
            bytes.writeBytes(utf8);
            return this;
        }

        private void align(int alignment) {
            while (bytes.size() % alignment != 0) {
                bytes.write(0);
            }
        }

        private void value(Object value) {
            switch (value) {
                case Byte b -> bytes.write(b);
                case Short s -> bytes.writeBytes(buffer(2).putShort(s).array());
                case Integer i -> i32(i);
                case Long l -> i64(l);
                case Float f -> i32(Float.floatToRawIntBits(f));
                case Double d -> i64(Double.doubleToRawLongBits(d));
                case Boolean b -> bytes.write(b ? 1 : 0);
                case String s -> text(s);
                case int[] numbers -> ints(numbers);
                case float[] numbers -> floats(numbers);
                case byte[] numbers ->
                    i32(ValueType.UINT8.ordinal()).i64(numbers.length).bytes.writeBytes(numbers);
                case List<?> list -> list(list);
                default -> throw new IllegalArgumentException("no metadata type for " + value.getClass());
            }
        }

        private void ints(int[] numbers) {
            i32(ValueType.INT32.ordinal()).i64(numbers.length);
            for (int number : numbers) {
                i32(number);
            }
        }

        private void floats(float[] numbers) {
            i32(ValueType.FLOAT32.ordinal()).i64(numbers.length);
            for (float number : numbers) {
                i32(Float.floatToRawIntBits(number));
            }
        }

        private void list(List<?> list) {
            i32(
                    list.isEmpty()
                            ? ValueType.STRING.ordinal()
                            : typeOf(list.getFirst()).ordinal());
            i64(list.size());
            list.forEach(this::value);
        }
    }
}
