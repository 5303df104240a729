package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.parts.PartList;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file in memory, read-only: mapped as a whole, or part by part where it is stored as a {@link PartList}. What is asked for must lie
 * within one part.
 *
 * @param name of the whole file, for messages
 */
record MappedFile(String name, long size, List<Part> parts) {

    /**
     * One mapping.
     *
     * @param start where its first byte is in the whole file
     */
    record Part(Path path, FileStamp stamp, long start, MemorySegment bytes) {

        static Part map(Path path, FileStamp stamp, long start, Arena arena) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                return new Part(path, stamp, start, bytes);
            } catch (IOException e) {
                throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, path.getFileName() + " cannot be read", e);
            }
        }
    }

    MappedFile {
        parts = List.copyOf(parts);
    }

    /**
     * Maps the file, or the parts that stand for it; the mappings live as long as {@code arena}.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT for a part that is not there or of another size than its list says
     */
    static MappedFile open(Path path, Arena arena) {
        String name = String.valueOf(path.getFileName());
        if (PartList.standsFor(path)) {
            return inParts(name, path, PartList.of(path), arena);
        }
        Part whole = Part.map(path, FileStamp.of(path), 0, arena);
        return new MappedFile(name, whole.bytes().byteSize(), List.of(whole));
    }

    /** Whether {@link #open} finds a file. */
    static boolean isAt(Path path) {
        return Files.isRegularFile(path) || PartList.standsFor(path);
    }

    private static MappedFile inParts(String name, Path path, PartList list, Arena arena) {
        Path folder = path.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder.resolve(PartList.FOLDER), LinkOption.NOFOLLOW_LINKS)) {
            throw damaged(
                    name, "it is stored in parts, but there is no folder %s beside it".formatted(PartList.FOLDER));
        }
        List<Part> parts = new ArrayList<>();
        long start = 0;
        for (PartList.Part entry : list.parts()) {
            parts.add(part(name, folder, entry, start, arena));
            start += entry.size();
        }
        return new MappedFile(name, list.size(), parts);
    }

    private static Part part(String name, Path folder, PartList.Part entry, long start, Arena arena) {
        Path path = entry.in(folder);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw damaged(name, "its part %s is not there".formatted(entry.hex()));
        }
        Part part = Part.map(path, FileStamp.ofPart(path, entry.hex()), start, arena);
        if (part.bytes().byteSize() != entry.size()) {
            throw damaged(
                    name,
                    "its part %s has %d bytes, its list says %d"
                            .formatted(entry.hex(), part.bytes().byteSize(), entry.size()));
        }
        return part;
    }

    /** The part that has all of these bytes; {@code what} they are, for the message. */
    Part holding(long from, long count, String what) {
        int low = 0;
        int high = parts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (parts.get(middle).start() <= from) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Part part = parts.get(low);
        long end = part.bytes().byteSize();
        if (from - part.start() > end || count > end - (from - part.start())) {
            throw damaged(
                    name,
                    "%s takes %d bytes from %d on, which are not all in one part of the file"
                            .formatted(what, count, from));
        }
        return part;
    }

    /** Gives back the memory that the file's pages take here. */
    void release() {
        parts.forEach(part -> part.bytes().unload());
    }

    private static ForetokenException damaged(String name, String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " is damaged: " + what);
    }
}
