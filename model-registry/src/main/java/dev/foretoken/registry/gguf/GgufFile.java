package dev.foretoken.registry.gguf;

import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A GGUF file, or the parts that one was split into, mapped until closed. Values and tensors must not be used after that. */
public final class GgufFile implements AutoCloseable {

    /** How the names of such files end. */
    public static final String SUFFIX = ".gguf";

    private final Path path;
    private final Arena arena;
    private final List<GgufPart> parts;
    private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    private final Map<String, GgufPart> partOf = new HashMap<>();

    private GgufFile(Path path, Arena arena, List<GgufPart> parts) {
        this.path = path;
        this.arena = arena;
        this.parts = parts;
        for (GgufPart part : parts) {
            part.header().tensors().forEach((tensor, entry) -> {
                tensors.put(tensor, entry);
                partOf.put(tensor, part);
            });
        }
    }

    /** Whether the path is a file with such a name. */
    public static boolean isAt(Path path) {
        return path.toString().endsWith(SUFFIX) && Files.isRegularFile(path);
    }

    /**
     * Opens and checks the header; reads no tensor. The first of several parts opens all of them.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT, or MODEL_UNSUPPORTED for another version, byte order or unknown tensor types
     */
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            return new GgufFile(path, arena, SplitParts.open(path, arena));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** The file's own name, for messages; of several parts the first one's. */
    public String name() {
        return parts.getFirst().name();
    }

    /** Where the file is; of several parts the first one. */
    public Path path() {
        return path;
    }

    /** Every file that the model is in, in order. */
    public List<Path> paths() {
        return parts.stream().map(GgufPart::path).toList();
    }

    public int version() {
        return parts.getFirst().header().version();
    }

    /** Of the first part, which has all that describes the model. */
    public GgufMetadata metadata() {
        return parts.getFirst().header().metadata();
    }

    /** By name, in the order of the tables. */
    public Map<String, GgufTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    public Optional<GgufTensor> tensor(String tensor) {
        return Optional.ofNullable(tensors.get(tensor));
    }

    /** The tensor's bytes, read-only. */
    public MemorySegment bytesOf(GgufTensor tensor) {
        GgufPart part = partOf.get(tensor.name());
        if (part == null) {
            throw new IllegalArgumentException("tensor %s is not of %s".formatted(tensor.name(), name()));
        }
        return part.bytesOf(tensor);
    }

    /** Of each part everything before the tensors' bytes. */
    public List<MemorySegment> headers() {
        return parts.stream().map(part -> part.header().bytes()).toList();
    }

    /** Bytes of the whole file, or of all parts. */
    public long size() {
        return parts.stream().mapToLong(part -> part.bytes().byteSize()).sum();
    }

    /** Gives back the memory that the file's pages take here; they are read again when they are asked for again. */
    public void release() {
        parts.forEach(part -> part.bytes().unload());
    }

    @Override
    public void close() {
        arena.close();
    }
}
