package dev.foretoken.onnxruntime;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.artifact.GraphArtifact;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Graphs that ONNX Runtime rewrote for this machine, on disk for the next start. A name is made of everything that the rewriting depends on;
 * files are moved into place whole, so that processes which write at once do no harm; what was not used for longest goes first. Failing to
 * write costs the next start its time and nothing else.
 */
final class OptimizedGraphs {

    private static final System.Logger LOG = System.getLogger(OptimizedGraphs.class.getName());
    private static final String SUFFIX = ".optimized.onnx";
    /** A graph that is larger is mapped or read faster than written a second time, and files of 2 GiB are none of ONNX. */
    private static final long MAX_GRAPH = 512L << 20;

    private final Path folder;
    private final long maxBytes;
    private final String machine;
    private final InstantSource clock;

    /**
     * @param maxBytes of all files
     * @param machine the version of ONNX Runtime and what the processor can do
     */
    OptimizedGraphs(Path folder, long maxBytes, String machine, InstantSource clock) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.machine = machine;
        this.clock = clock;
    }

    String machine() {
        return machine;
    }

    GraphSession open(GraphArtifact artifact, SessionFactory factory, DeviceSpec device) {
        if (artifact.bytes() > MAX_GRAPH || device.kind() != DeviceSpec.Kind.CPU || isSplit(artifact)) {
            return factory.open(artifact.graph(), device, SessionOptions.DEFAULT);
        }
        Path kept = folder.resolve(GraphDigest.of(artifact.graph(), machine) + SUFFIX);
        return Files.isRegularFile(kept)
                ? reopened(kept, artifact, factory, device)
                : opened(kept, artifact, factory, device);
    }

    /** Whether tensors lie in files beside the graph: a rewritten graph would look for them beside itself. */
    private static boolean isSplit(GraphArtifact artifact) {
        try {
            return Files.size(artifact.graph()) != artifact.bytes();
        } catch (IOException e) {
            return true;
        }
    }

    private GraphSession reopened(Path kept, GraphArtifact artifact, SessionFactory factory, DeviceSpec device) {
        try {
            GraphSession session = factory.open(kept, device, SessionOptions.AS_IT_IS);
            touch(kept);
            return session;
        } catch (ForetokenException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Making an optimized graph anew, the one on disk: {0}",
                    e.getMessage());
            delete(kept);
            return opened(kept, artifact, factory, device);
        }
    }

    private GraphSession opened(Path kept, GraphArtifact artifact, SessionFactory factory, DeviceSpec device) {
        Path made = folder.resolve("." + UUID.randomUUID() + SUFFIX);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            return factory.open(artifact.graph(), device, SessionOptions.DEFAULT);
        }
        GraphSession session;
        try {
            session = factory.open(artifact.graph(), device, new SessionOptions(true, made));
        } catch (ForetokenException e) {
            // Some graphs run and cannot be written, such as those with functions of others' making; and the disk may
            // be full.
            delete(made);
            return factory.open(artifact.graph(), device, SessionOptions.DEFAULT);
        }
        keep(made, kept);
        return session;
    }

    private void keep(Path made, Path kept) {
        try {
            if (Files.isRegularFile(made) && Files.size(made) <= maxBytes) {
                Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE);
                touch(kept);
                makeRoom(kept);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The optimized graph is not kept", e);
        } finally {
            delete(made);
        }
    }

    private void makeRoom(Path newest) throws IOException {
        List<Path> oldestFirst;
        try (Stream<Path> files = Files.list(folder)) {
            oldestFirst = files.filter(file -> file.toString().endsWith(SUFFIX) && !file.equals(newest))
                    .sorted(Comparator.comparing(OptimizedGraphs::used).thenComparing(Path::toString))
                    .toList();
        }
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
