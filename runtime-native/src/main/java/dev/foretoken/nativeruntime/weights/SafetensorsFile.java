package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.StoredType;
import dev.foretoken.registry.safetensors.SafetensorsHeader;
import dev.foretoken.registry.safetensors.TensorEntry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A safetensors file, mapped into memory, so that only what is touched is read. */
final class SafetensorsFile {

    private final MappedFile file;
    private final SafetensorsHeader header;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, TensorOrigin> origins = new LinkedHashMap<>();

    private SafetensorsFile(MappedFile file, SafetensorsHeader header) {
        this.file = file;
        this.header = header;
        header.tensors().values().forEach(this::add);
    }

    /**
     * Opens and checks; the mapping lives as long as {@code arena}.
     *
     * @param path of the file, which may be there as parts
     * @throws ForetokenException MODEL_FILE_CORRUPT, also for a tensor that is not within one part
     */
    static SafetensorsFile open(Path path, Arena arena) {
        MappedFile file = MappedFile.open(path, arena);
        try (FileChannel start = FileChannel.open(file.parts().getFirst().path(), StandardOpenOption.READ)) {
            return new SafetensorsFile(file, SafetensorsHeader.read(file.name(), start, file.size()));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.name() + " cannot be read", e);
        }
    }

    private void add(TensorEntry entry) {
        StoredType type = StoredType.of(entry.type());
        long from = header.dataStart() + entry.begin();
        MappedFile.Part part = file.holding(from, entry.bytes(), "tensor " + entry.name());
        long offset = from - part.start();
        MemorySegment bytes = part.bytes().asSlice(offset, entry.bytes());
        tensors.put(entry.name(), new StoredTensor(entry.name(), type, entry.shape(), bytes));
        origins.put(entry.name(), new TensorOrigin(part.stamp(), offset, type, entry.shape()));
    }

    /** File name, for messages. */
    String name() {
        return file.name();
    }

    /** By name, in the order of the header. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** By name of the tensor. */
    Map<String, TensorOrigin> origins() {
        return origins;
    }

    /** Of everything that was mapped. */
    List<FileStamp> stamps() {
        return file.parts().stream().map(MappedFile.Part::stamp).toList();
    }

    /** Gives back the memory that the file's pages take here; they are read again when they are asked for again. */
    void release() {
        file.release();
    }

    /** Adds header, length, and the first bytes of every tensor. */
    void addTo(ContentDigest digest) {
        digest.add(header.json()).add(header.dataBytes());
        tensors.values().forEach(tensor -> digest.addStart(tensor.data()));
    }
}
