package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;

/** One safetensors file by itself, mapped until closed. */
public final class TensorFile implements AutoCloseable {

    private final Arena arena;
    private final Map<String, StoredTensor> tensors;

    private TensorFile(Arena arena, Path path) {
        this.arena = arena;
        this.tensors = Map.copyOf(SafetensorsFile.open(path, arena).tensors());
    }

    /**
     * Opens and checks the header.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT; nothing stays open then
     */
    public static TensorFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            return new TensorFile(arena, path);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** Whether {@link #open} finds a file, by itself or in parts. */
    public static boolean isAt(Path path) {
        return MappedFile.isAt(path);
    }

    /** By name. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        arena.close();
    }
}
