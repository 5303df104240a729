package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * Blobs in object storage, under {@code blobs/sha256/<hex>}; any number of processes may use one bucket.
 *
 * <p>An object appears whole or not at all, so a put needs no more than its name, which is known only at the end: bytes wait in a local
 * file until then. A removal and a renewal of the same blob meet through a mark: the removal makes {@code condemned/<hex>}, looks at the
 * blob's age, removes it or not, and takes the mark away; whoever puts or renews does so first, waits for a mark to go, and then looks
 * whether the blob is there. If it wrote before the removal looked, the removal sees the new age; if after, the mark was there to wait for.
 */
public final class S3Blobs implements BlobStore {

    private static final String FOLDER = "blobs/sha256/";
    private static final String CONDEMNED = "condemned/";
    private static final long WHOLE_BYTES = 64L << 20;
    /** HTTP's time of change has whole seconds, rounded down. */
    private static final Duration RESOLUTION = Duration.ofSeconds(1);
    /** A mark older than this was left by a crash; a removal that took half as long gives up. */
    private static final Duration MARK_LIFE = Duration.ofMinutes(1);

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final S3Objects objects;
    private final Path scratch;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;

    /** @param nanos monotonic, as {@link System#nanoTime}: with a clock that jumps, a removal and a renewal would disagree about a mark's life */
    S3Blobs(S3Objects objects, Path scratch, LongSupplier nanos, Consumer<Duration> pause) {
        this.objects = objects;
        this.scratch = scratch;
        this.nanos = nanos;
        this.pause = pause;
    }

    /**
     * The store at {@code location}, whose bucket exists.
     *
     * @param scratch a folder for bytes whose digest is not yet known; made when it is not there
     */
    public static S3Blobs open(S3Location location, Path scratch) {
        return open(location, DefaultCredentialsProvider.builder().build(), WHOLE_BYTES, scratch);
    }

    static S3Blobs open(S3Location location, AwsCredentialsProvider credentials, long wholeBytes, Path scratch) {
        try {
            Files.createDirectories(scratch);
        } catch (IOException e) {
            throw BlobErrors.io("opening the blob store", e);
        }
        S3Objects objects =
                S3Errors.named("opening the blob store", () -> new S3Objects(location, credentials, wholeBytes));
        return new S3Blobs(objects, scratch, System::nanoTime, time -> LockSupport.parkNanos(time.toNanos()));
    }

    @Override
    public BlobWriter begin() {
        Path temporary = scratch.resolve(UUID.randomUUID() + ".part");
        try {
            return new LocalWriter(temporary, BlobFile.onDisk(temporary), this::install);
        } catch (IOException e) {
            throw BlobErrors.io("storing a blob", e);
        }
    }

    private void install(Path file, Digest digest, long size) {
        boolean there =
                objects.head(key(digest)).filter(head -> head.size() == size).isPresent();
        if (there && renew(digest)) {
            return;
        }
        objects.put(key(digest), file, digest, size);
        awaitUnmarked(digest);
        if (!has(digest)) {
            objects.put(key(digest), file, digest, size);
        }
    }

    @Override
    public boolean has(Digest digest) {
        return objects.head(key(digest)).isPresent();
    }

    @Override
    public long size(Digest digest) {
        return objects.head(key(digest))
                .orElseThrow(() -> BlobErrors.missing(digest))
                .size();
    }

    @Override
    public InputStream open(Digest digest) {
        InputStream bytes = objects.open(key(digest), 0).orElseThrow(() -> BlobErrors.missing(digest));
        return new VerifiedStream(
                new ResumedStream(bytes, offset -> objects.open(key(digest), offset)), digest, () -> {});
    }

    @Override
    public boolean renew(Digest digest) {
        Optional<S3Objects.Head> head = objects.head(key(digest));
        if (head.isEmpty() || !objects.touch(key(digest), head.get().size())) {
            return false;
        }
        awaitUnmarked(digest);
        return has(digest);
    }

    /** Returns when no removal looks at the blob. A mark that stays too long is that of a crash, and taken away. */
    private void awaitUnmarked(Digest digest) {
        long since = nanos.getAsLong();
        while (objects.head(CONDEMNED + digest.hex()).isPresent()) {
            if (nanos.getAsLong() - since > MARK_LIFE.toNanos()) {
                objects.delete(CONDEMNED + digest.hex());
                return;
            }
            pause.accept(PAUSE);
        }
    }

    @Override
    public void delete(Digest digest) {
        objects.delete(key(digest));
    }

    @Override
    public boolean deleteIfOlder(Digest digest, Instant before) {
        if (!older(digest, before) || !objects.create(CONDEMNED + digest.hex())) {
            return false;
        }
        long since = nanos.getAsLong();
        try {
            boolean remove = older(digest, before) && nanos.getAsLong() - since < MARK_LIFE.toNanos() / 2;
            if (remove) {
                objects.delete(key(digest));
            }
            return remove;
        } finally {
            objects.delete(CONDEMNED + digest.hex());
        }
    }

    private boolean older(Digest digest, Instant before) {
        return objects.head(key(digest))
                .filter(head -> head.modified().plus(RESOLUTION).isBefore(before))
                .isPresent();
    }

    @Override
    public Stream<StoredBlob> list() {
        return objects.list(FOLDER)
                .filter(listed -> listed.key().matches(FOLDER + "[0-9a-f]{64}"))
                .map(listed -> new StoredBlob(
                        new Digest(listed.key().substring(FOLDER.length())),
                        listed.head().size(),
                        listed.head().modified()));
    }

    /** Closes connections. */
    @Override
    public void close() {
        objects.close();
    }

    private static String key(Digest digest) {
        return FOLDER + digest.hex();
    }
}
