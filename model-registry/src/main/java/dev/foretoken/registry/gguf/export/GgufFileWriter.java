package dev.foretoken.registry.gguf.export;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.gguf.ValueType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Writes one GGUF file of version 3 (github.com/ggml-org/ggml, docs/gguf.md): header, metadata, tensor table, then the tensors, each at a
 * multiple of 32 bytes. Rows are encoded on the way, so memory holds one row.
 */
final class GgufFileWriter {

    private static final int MAGIC = 0x46554747;
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    private final Path path;
    private final GgufBytes out;

    private GgufFileWriter(Path path, FileChannel channel) {
        this.path = path;
        this.out = new GgufBytes(channel);
    }

    /**
     * Writes the file; one that cannot be finished is removed.
     *
     * @throws ForetokenException INTERNAL_ERROR when it exists or cannot be written
     */
    static void write(Path path, MetadataPairs metadata, List<TensorOut> tensors, LoadProgress progress) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            try {
                new GgufFileWriter(path, channel).write(metadata.values(), tensors, progress);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(path);
                throw e;
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.INTERNAL_ERROR, path.getFileName() + " could not be written: " + e.getMessage(), e);
        }
    }

    private void write(Map<String, MetaValue> values, List<TensorOut> tensors, LoadProgress progress)
            throws IOException {
        out.i32(MAGIC).i32(VERSION).i64(tensors.size()).i64(values.size());
        for (Map.Entry<String, MetaValue> entry : values.entrySet()) {
            out.text(entry.getKey()).i32(entry.getValue().type().ordinal());
            value(entry.getValue());
        }
        long offset = 0;
        for (TensorOut tensor : tensors) {
            describe(tensor, offset);
            offset = aligned(offset + tensor.bytes());
        }
        long total = offset;
        long start = out.align(ALIGNMENT);
        for (TensorOut tensor : tensors) {
            progress.update("writing " + path.getFileName(), out.position() - start, total);
            rows(tensor);
            out.align(ALIGNMENT);
        }
        out.flush();
        progress.update("writing " + path.getFileName(), total, total);
    }

    private static long aligned(long offset) {
        return Math.ceilDiv(offset, ALIGNMENT) * ALIGNMENT;
    }

    private void describe(TensorOut tensor, long offset) throws IOException {
        out.text(tensor.name()).i32(tensor.dimensions().size());
        for (long dimension : tensor.dimensions()) {
            out.i64(dimension);
        }
        out.i32(tensor.type().id()).i64(offset);
    }

    private void rows(TensorOut tensor) throws IOException {
        float[] row = new float[tensor.columns()];
        ByteBuffer encoded = ByteBuffer.allocate(tensor.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < tensor.rows(); i++) {
            tensor.values().read(i, row);
            BlockEncoder.encode(tensor.type(), row, encoded.clear());
            out.bytes(encoded.flip());
        }
    }

    private void value(MetaValue value) throws IOException {
        switch (value) {
            case MetaValue.Whole whole -> out.i32(whole.value());
            case MetaValue.Real real -> out.i32(Float.floatToRawIntBits(real.value()));
            case MetaValue.Flag flag -> out.i8(flag.value() ? 1 : 0);
            case MetaValue.Text text -> out.text(text.value());
            case MetaValue.Texts texts -> {
                array(ValueType.STRING, texts.values().size());
                for (String text : texts.values()) {
                    out.text(text);
                }
            }
            case MetaValue.Wholes wholes -> {
                array(ValueType.INT32, wholes.values().size());
                for (int whole : wholes.values()) {
                    out.i32(whole);
                }
            }
            case MetaValue.Reals reals -> {
                array(ValueType.FLOAT32, reals.values().size());
                for (float real : reals.values()) {
                    out.i32(Float.floatToRawIntBits(real));
                }
            }
        }
    }

    private void array(ValueType elements, int count) throws IOException {
        out.i32(elements.ordinal()).i64(count);
    }
}
