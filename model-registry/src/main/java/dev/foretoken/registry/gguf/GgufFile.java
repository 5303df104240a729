package dev.foretoken.registry.gguf;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** A GGUF file, mapped until closed. Values and tensors must not be used after that. */
public final class GgufFile implements AutoCloseable {

    /** How the names of such files end. */
    public static final String SUFFIX = ".gguf";

    private final String name;
    private final Arena arena;
    private final MemorySegment bytes;
    private final GgufHeader header;

    private GgufFile(String name, Arena arena, MemorySegment bytes) {
        this.name = name;
        this.arena = arena;
        this.bytes = bytes;
        this.header = GgufHeader.read(name, bytes);
    }

    /** Whether the path is a file with such a name. */
    public static boolean isAt(Path path) {
        return path.toString().endsWith(SUFFIX) && Files.isRegularFile(path);
    }

    /**
     * Opens and checks the header; reads no tensor.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT, or MODEL_UNSUPPORTED for another version, byte order or unknown tensor types
     */
    public static GgufFile open(Path path) {
        String name = String.valueOf(path.getFileName());
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new GgufFile(name, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " cannot be read", e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** The file's own name, for messages. */
    public String name() {
        return name;
    }

    public int version() {
        return header.version();
    }

    public GgufMetadata metadata() {
        return header.metadata();
    }

    /** By name, in the order of the table. */
    public Map<String, GgufTensor> tensors() {
        return Collections.unmodifiableMap(header.tensors());
    }

    public Optional<GgufTensor> tensor(String tensor) {
        return Optional.ofNullable(header.tensors().get(tensor));
    }

    /** The tensor's bytes, read-only. */
    public MemorySegment bytesOf(GgufTensor tensor) {
        return bytes.asSlice(tensor.offset(), tensor.bytes());
    }

    /** Everything before the tensors' bytes. */
    public MemorySegment headerBytes() {
        return header.bytes();
    }

    /** Bytes of the whole file. */
    public long size() {
        return bytes.byteSize();
    }

    /** Gives back the memory that the file's pages take here; they are read again when they are asked for again. */
    public void release() {
        bytes.unload();
    }

    @Override
    public void close() {
        arena.close();
    }
}
