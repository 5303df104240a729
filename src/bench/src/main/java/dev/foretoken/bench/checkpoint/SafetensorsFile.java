package dev.foretoken.bench.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Writes a safetensors file: 8 bytes little-endian header length, a JSON header padded with blanks to a multiple of 8,
 * then the tensors without gaps. Pieces are made and written by several threads at their own positions.
 */
final class SafetensorsFile {
    private static final int PIECE_ELEMENTS = 1 << 20;
    private static final int ALIGNMENT = 8;

    private final List<TensorShape> tensors;
    private final WeightType type;

    SafetensorsFile(List<TensorShape> tensors, WeightType type) {
        this.tensors = tensors;
        this.type = type;
    }

    long dataBytes() {
        return tensors.stream().mapToLong(TensorShape::elements).sum() * type.bytes();
    }

    /** @param onProgress told how many bytes of tensors are written, from any thread */
    void write(Path file, RandomWeights weights, int threads, LongConsumer onProgress)
            throws IOException, InterruptedException {
        byte[] header = header();
        try (FileChannel channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            writeFully(channel, ByteBuffer.wrap(header), 0);
            Pieces pieces = new Pieces(channel, weights, onProgress);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    pieces.writeAll(header.length);
                    return null;
                }));
            }
            for (Future<?> future : running) {
                await(future);
            }
        }
    }

    private byte[] header() throws JsonProcessingException {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (TensorShape tensor : tensors) {
            ObjectNode entry = json.putObject(tensor.name()).put("dtype", type.name());
            tensor.dimensions().forEach(entry.putArray("shape")::add);
            long end = offset + tensor.elements() * type.bytes();
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = new ObjectMapper().writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
        int padded = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(text);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.array();
    }

    private static void await(Future<?> future) throws IOException, InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("cannot make weights", e.getCause());
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** The work, shared by threads that each take the next piece until none is left. */
    private final class Pieces {
        private final FileChannel channel;
        private final RandomWeights weights;
        private final LongConsumer onProgress;
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong written = new AtomicLong();

        Pieces(FileChannel channel, RandomWeights weights, LongConsumer onProgress) {
            this.channel = channel;
            this.weights = weights;
            this.onProgress = onProgress;
        }

        void writeAll(long dataStart) throws IOException {
            ByteBuffer buffer =
                    ByteBuffer.allocateDirect(PIECE_ELEMENTS * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            long mine = next.getAndIncrement();
            long index = 0;
            long position = dataStart;
            for (TensorShape tensor : tensors) {
                for (long from = 0; from < tensor.elements(); from += PIECE_ELEMENTS) {
                    long to = Math.min(tensor.elements(), from + PIECE_ELEMENTS);
                    if (index++ == mine) {
                        writePiece(buffer, tensor, from, to, position);
                        mine = next.getAndIncrement();
                    }
                    position += (to - from) * type.bytes();
                }
            }
        }

        private void writePiece(ByteBuffer buffer, TensorShape tensor, long from, long to, long position)
                throws IOException {
            buffer.clear();
            weights.put(tensor, from, to, type, buffer);
            buffer.flip();
            int size = buffer.remaining();
            writeFully(channel, buffer, position);
            onProgress.accept(written.addAndGet(size));
        }
    }
}
