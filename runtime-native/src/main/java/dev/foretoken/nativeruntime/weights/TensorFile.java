package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** One safetensors file by itself, mapped until closed. */
public final class TensorFile implements AutoCloseable {

    private final Arena arena;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

    private TensorFile(Arena arena, Path path) {
        this.arena = arena;
        SafetensorsFile file = SafetensorsFile.open(path, arena);
        for (Tensor tensor : file.tensors().values()) {
            tensors.put(
                    tensor.name(),
                    new StoredTensor(tensor.name(), tensor.type(), tensor.shape(), file.bytesOf(tensor)));
        }
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

    /** By name. */
    public Map<String, StoredTensor> tensors() {
        return Map.copyOf(tensors);
    }

    @Override
    public void close() {
        arena.close();
    }
}
