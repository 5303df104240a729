package dev.foretoken.registry.ingest;

import dev.foretoken.registry.content.Digest;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that passed its checks and is going to be stored.
 *
 * @param path in the variant
 * @param size in bytes
 * @param parts lengths of the pieces it is stored in, in order; they add up to the size
 * @param counts of what it has
 */
record CheckedFile(String path, long size, Content content, List<Long> parts, Counts counts) {

    CheckedFile {
        parts = List.copyOf(parts);
    }

    /** Where its bytes are. */
    sealed interface Content {}

    /** They were read for the check, and these are what is stored. */
    record InMemory(byte[] bytes) implements Content {}

    /**
     * They are read again to be stored, and must begin as they did.
     *
     * @param path after every link was followed
     * @param checked how many of the first bytes the check has seen
     * @param digest of those
     */
    record OnDisk(Path path, long checked, Digest digest) implements Content {}

    /** Tensors, and all of their elements. */
    record Counts(long tensors, long elements) {
        static final Counts NONE = new Counts(0, 0);

        Counts plus(Counts other) {
            return new Counts(tensors + other.tensors, elements + other.elements);
        }
    }

    static CheckedFile inMemory(String path, byte[] bytes) {
        return new CheckedFile(path, bytes.length, new InMemory(bytes), List.of((long) bytes.length), Counts.NONE);
    }

    static CheckedFile onDisk(String path, long size, OnDisk content, Counts counts) {
        return new CheckedFile(path, size, content, List.of(size), counts);
    }

    CheckedFile in(String folder) {
        return new CheckedFile(folder + path, size, content, parts, counts);
    }

    CheckedFile split(List<Long> lengths) {
        return new CheckedFile(path, size, content, lengths, counts);
    }
}
