package dev.foretoken.registry.content;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;

/**
 * One file of a variant: the concatenation of its parts.
 *
 * @param path inside the variant, see {@link FilePath}
 * @param size of the whole file in bytes
 * @param digest of the whole file
 * @param parts in file order, at least one; their sizes add up to {@code size}
 */
public record ModelFile(String path, long size, Digest digest, List<Descriptor> parts) {

    /** @throws ForetokenException CONFIG_INVALID when path, sizes or digests do not agree */
    public ModelFile {
        FilePath.checked(path);
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw invalid(path, "has no parts, at least one is needed");
        }
        if (sum(path, parts) != size) {
            throw invalid(path, "has " + size + " bytes, its parts have " + sum(path, parts));
        }
        if (parts.size() == 1 && !parts.getFirst().digest().equals(digest)) {
            throw invalid(path, "has one part, which must have the file's own digest");
        }
    }

    /** A file stored as one blob. */
    public static ModelFile whole(String path, long size, Digest digest) {
        return new ModelFile(path, size, digest, List.of(new Descriptor(MediaTypes.FILE, digest, size)));
    }

    /** True when one blob is the file. */
    public boolean isWhole() {
        return parts.size() == 1;
    }

    private static long sum(String path, List<Descriptor> parts) {
        long sum = 0;
        for (Descriptor part : parts) {
            if (part.size() > Long.MAX_VALUE - sum) {
                throw invalid(path, "has parts of more bytes than a file can have");
            }
            sum += part.size();
        }
        return sum;
    }

    private static ForetokenException invalid(String path, String message) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, "file " + Quoted.of(path) + " " + message);
    }
}
