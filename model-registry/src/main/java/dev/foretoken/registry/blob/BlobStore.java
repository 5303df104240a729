package dev.foretoken.registry.blob;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Bytes by their digest. A blob is either wholly there or not there; putting what is there changes nothing but its age. What fails is a
 * {@link ForetokenException}: STORAGE_FULL, MODEL_FILE_CORRUPT for a blob that is missing or damaged, REGISTRY_UNAVAILABLE for a store that
 * does not answer, else INTERNAL_ERROR.
 */
public interface BlobStore extends AutoCloseable {

    /** Begins a blob; nothing is visible before {@link BlobWriter#commit}. */
    BlobWriter begin();

    boolean has(Digest digest);

    /** In bytes. @throws ForetokenException MODEL_FILE_CORRUPT when the blob is missing */
    long size(Digest digest);

    /**
     * The blob's bytes, checked on the way: reading the last of them throws when they were not the digest's.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT when the blob is missing
     */
    InputStream open(Digest digest);

    /**
     * Makes the blob as young as one just put. False when it is missing, or just being removed: then put it again. An import calls this
     * instead of {@link #has} before it relies on a blob, so that no collection takes it away.
     */
    boolean renew(Digest digest);

    /** Removes the blob whatever its age; no error when it is missing. */
    void delete(Digest digest);

    /**
     * Removes the blob if it was put or renewed last before {@code before}; whoever puts or renews it meanwhile keeps it. True when it was
     * removed.
     */
    boolean deleteIfOlder(Digest digest, Instant before);

    /** Every blob, in no order; the caller closes the stream. Blobs that come or go meanwhile may be in it or not. */
    Stream<StoredBlob> list();

    /** Takes a damaged blob out of the way, so that it can be put again. Nothing happens when it is missing. */
    default void setAside(Digest digest) {
        delete(digest);
    }

    /** Names in the store that stand for no blob, sorted; none unless the store has names of its own. */
    default List<String> strays() {
        return List.of();
    }

    /** Renews all of them; returns those that must be put again. */
    default Set<Digest> renewAll(Iterable<Digest> digests) {
        Set<Digest> missing = new TreeSet<>();
        for (Digest digest : digests) {
            if (!renew(digest)) {
                missing.add(digest);
            }
        }
        return missing;
    }

    /** Nothing to release unless a store says so. */
    @Override
    default void close() {}

    /** Copies the file's bytes into the store. */
    default Digest put(Path file) {
        try (InputStream in = Files.newInputStream(file);
                BlobWriter writer = begin()) {
            in.transferTo(writer);
            return writer.commit();
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.INTERNAL_ERROR, file.getFileName() + " could not be read while it was stored", e);
        }
    }

    default Digest put(byte[] bytes) {
        try (BlobWriter writer = begin()) {
            writer.write(bytes, 0, bytes.length);
            return writer.commit();
        }
    }

    /** The whole blob, or empty when it is missing. @throws ForetokenException MODEL_FILE_CORRUPT for more than {@code most} bytes */
    default Optional<byte[]> read(Digest digest, int most) {
        if (!has(digest)) {
            return Optional.empty();
        }
        try (InputStream in = open(digest)) {
            byte[] bytes = in.readNBytes(most);
            if (bytes.length == most && in.read() >= 0) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "blob " + digest + " has more than " + most + " bytes");
            }
            return Optional.of(bytes);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "blob " + digest + " could not be read", e);
        }
    }
}
