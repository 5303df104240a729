package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How renewing, removing and reading one blob meet without locks, in one process or in several.
 *
 * <p>A removal looks at the blob's age, moves the blob aside by renaming, looks at the age again, and removes or moves back. A renewal sets
 * the time and then looks whether the blob is still in its place. If the time was set before the move, the second look sees it; if after,
 * the renewal finds nothing and its caller puts the blob again. Readers look in the place, aside, and in the place once more, so they find
 * the blob while it moves.
 */
record BlobPlaces(BlobFolders folders) {

    /** A blob's file where it is just now. */
    record Found(Digest digest, Path path, long size, Instant renewed) {}

    /** What is done with a blob's file; throws NoSuchFileException when it is not there. */
    @FunctionalInterface
    interface Use<T> {
        T with(Path path) throws IOException;
    }

    Optional<Found> find(Digest digest) throws IOException {
        return use(digest, path -> {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Found(
                    digest,
                    path,
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant());
        });
    }

    /** Empty when the blob is in none of its places. */
    <T> Optional<T> use(Digest digest, Use<T> use) throws IOException {
        Path place = folders.blob(digest);
        for (Path path : List.of(place, folders.condemned(digest), place)) {
            try {
                return Optional.of(use.with(path));
            } catch (NoSuchFileException e) {
                // The next place.
            }
        }
        return Optional.empty();
    }

    boolean renew(Digest digest, Instant now) throws IOException {
        Path place = folders.blob(digest);
        try {
            Files.setLastModifiedTime(place, FileTime.from(now));
        } catch (NoSuchFileException e) {
            return false;
        }
        return Files.exists(place);
    }

    boolean removeIfOlder(Digest digest, Instant before) throws IOException {
        Path aside = folders.condemned(digest);
        try {
            if (!renewed(folders.blob(digest)).isBefore(before)) {
                return false;
            }
            Files.move(folders.blob(digest), aside, StandardCopyOption.ATOMIC_MOVE);
            if (renewed(aside).isBefore(before)) {
                Files.delete(aside);
                return true;
            }
            restore(digest);
        } catch (NoSuchFileException e) {
            // Another removal was faster, or a sweep has undone this one.
        }
        return false;
    }

    void remove(Digest digest) throws IOException {
        Files.deleteIfExists(folders.blob(digest));
        Files.deleteIfExists(folders.condemned(digest));
    }

    /** Undoes removals that a crash interrupted. One that still runs is undone too, which only keeps its blob until the next time. */
    void restoreAll() throws IOException {
        for (Path file : list(folders.condemned())) {
            String name = file.getFileName().toString();
            if (name.matches("[0-9a-f]{64}")) {
                restore(new Digest(name));
            }
        }
    }

    /** By linking, because renaming would put the old file, with its old time, over one that was put meanwhile. */
    private void restore(Digest digest) throws IOException {
        Path aside = folders.condemned(digest);
        try {
            folders.link(aside, folders.blob(digest));
        } catch (FileAlreadyExistsException e) {
            // Put again meanwhile: the same bytes, and younger.
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(aside);
    }

    /** Every file below the blobs' folder, whatever its name. */
    Stream<Path> files() throws IOException {
        List<Stream<Path>> streams = new ArrayList<>();
        for (Path shard : list(folders.blobs())) {
            streams.add(Stream.of(shard).flatMap(BlobPlaces::filesOf));
        }
        return streams.stream().flatMap(files -> files);
    }

    private static Stream<Path> filesOf(Path shard) {
        try {
            return list(shard).stream();
        } catch (NotDirectoryException e) {
            return Stream.of(shard);
        } catch (IOException e) {
            throw BlobErrors.io("listing the blob store", e);
        }
    }

    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    static Instant renewed(Path path) throws IOException {
        return Files.getLastModifiedTime(path).toInstant();
    }
}
