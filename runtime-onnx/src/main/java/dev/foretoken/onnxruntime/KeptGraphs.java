package dev.foretoken.onnxruntime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder of graphs by what they were made of. A name ends in the digest of the file's own bytes, which are read before they are believed: a
 * weight that changed on disk would be served as the model's otherwise. Files are moved into place whole, so that processes which write at once
 * do no harm; what was not used for longest goes first.
 */
final class KeptGraphs {

    private static final System.Logger LOG = System.getLogger(KeptGraphs.class.getName());
    private static final String SUFFIX = ".optimized.onnx";

    private final Path folder;
    private final long maxBytes;
    private final InstantSource clock;

    /** @param maxBytes of all files */
    KeptGraphs(Path folder, long maxBytes, InstantSource clock) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** The graph that is kept under a key; one whose bytes are not those that were written is thrown away. */
    Optional<Path> find(String key) {
        for (Path file : files(key)) {
            if (isSound(key, file)) {
                touch(file);
                return Optional.of(file);
            }
            LOG.log(System.Logger.Level.WARNING, "Making an optimized graph anew: the one on disk is damaged");
            delete(file);
        }
        return Optional.empty();
    }

    /** A place in the folder for a graph that is not whole yet; empty where nothing can be written. */
    Optional<Path> unfinished() {
        try {
            return Optional.of(Files.createDirectories(folder).resolve("." + UUID.randomUUID() + SUFFIX));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Takes what was made over; failing to do so costs the next start its time and nothing else. */
    void keep(String key, Path made) {
        try {
            if (Files.isRegularFile(made) && Files.size(made) <= maxBytes) {
                Path kept = folder.resolve(name(key, GraphDigest.ofBytes(made)));
                Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE);
                touch(kept);
                makeRoom(kept);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The optimized graph is not kept", e);
        } finally {
            discard(made);
        }
    }

    /** Ends a file that was not finished. */
    void discard(Path made) {
        delete(made);
    }

    /** Throws away what is kept under a key. */
    void forget(String key) {
        files(key).forEach(KeptGraphs::delete);
    }

    private static String name(String key, String digest) {
        return key + "-" + digest + SUFFIX;
    }

    private static boolean isSound(String key, Path file) {
        try {
            return String.valueOf(file.getFileName()).equals(name(key, GraphDigest.ofBytes(file)));
        } catch (IOException e) {
            return false;
        }
    }

    /** Those of a key, which are several where processes wrote at once and not the same bytes; all for an empty key. */
    private List<Path> files(String key) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = String.valueOf(file.getFileName());
                        return name.startsWith(key) && name.endsWith(SUFFIX);
                    })
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void makeRoom(Path newest) throws IOException {
        List<Path> oldestFirst = files("").stream()
                .filter(file -> !file.equals(newest))
                .sorted(Comparator.comparing(KeptGraphs::used).thenComparing(Path::toString))
                .toList();
        long bytes = Files.size(newest);
        for (Path file : oldestFirst) {
            bytes += size(file);
        }
        for (Path file : oldestFirst) {
            if (bytes <= maxBytes) {
                return;
            }
            bytes -= size(file);
            delete(file);
        }
    }

    private void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The use of an optimized graph is not noted", e);
        }
    }

    private static FileTime used(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "A file of optimized graphs stays", e);
        }
    }
}
