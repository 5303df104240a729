package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Remembers which files had the bytes of which digest, so that they are read once per process for as long as nobody writes to them. What is
 * remembered is the file with its times: whatever changes it makes it unknown, except names and times that {@link LocalBlobs} itself gives.
 * Not noticed are bytes that change under the file system, which {@link BlobCheck} looks for. For any thread.
 */
public final class SoundFiles {

    /** So many files; those that were not asked for for longest are forgotten. */
    private static final int REMEMBERED = 1 << 15;

    private static final int BUFFER_BYTES = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<FileState, Digest> sound;

    public SoundFiles() {
        this(REMEMBERED);
    }

    SoundFiles(int remembered) {
        sound = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<FileState, Digest> eldest) {
                return size() > remembered;
            }
        };
    }

    /** Changes a file's names or times, never its bytes. */
    @FunctionalInterface
    interface Change<T> {
        T make() throws IOException;
    }

    /**
     * The digest of the file's bytes, which are read unless they are known to be those of {@code expected}.
     *
     * @param read is told the bytes that are done with, in steps
     */
    public Digest digest(Path file, Digest expected, LongConsumer read) throws IOException {
        Optional<FileState> state = FileState.of(file);
        if (state.flatMap(this::known).filter(expected::equals).isPresent()) {
            read.accept(state.get().size());
            return expected;
        }
        Digest found = computed(file, read);
        if (found.equals(expected)) {
            remember(file, state, expected);
        }
        return found;
    }

    private static Digest computed(Path file, LongConsumer done) throws IOException {
        MessageDigest hasher = Digest.hasher();
        byte[] buffer = new byte[Math.clamp(Files.size(file), 1, BUFFER_BYTES)];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
                done.accept(read);
            }
        }
        return Digest.of(hasher);
    }

    /** Remembers a file that the caller found to be {@code digest}'s; {@code before}: its state when the first byte had not been read. */
    void remember(Path file, Optional<FileState> before, Digest digest) throws IOException {
        if (before.isPresent() && before.equals(FileState.of(file))) {
            put(before.get(), digest);
        }
    }

    /** What is known of the file stays known; {@code time}: that the change sets. */
    <T> T keep(Path file, Optional<FileTime> time, Change<T> change) throws IOException {
        lock.lock();
        try {
            Optional<FileState> before = sound.isEmpty() ? Optional.empty() : FileState.of(file);
            Optional<Digest> digest = before.flatMap(this::known);
            T made = change.make();
            if (digest.isPresent()) {
                FileState old = before.orElseThrow();
                FileState.of(file)
                        .filter(after -> old.remains(after, time.orElse(old.modified())))
                        .ifPresent(after -> put(after, digest.get()));
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Digest> known(FileState state) {
        lock.lock();
        try {
            return Optional.ofNullable(sound.get(state));
        } finally {
            lock.unlock();
        }
    }

    private void put(FileState state, Digest digest) {
        lock.lock();
        try {
            sound.put(state, digest);
        } finally {
            lock.unlock();
        }
    }
}
