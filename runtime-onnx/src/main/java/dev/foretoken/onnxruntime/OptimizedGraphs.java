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
import java.util.Optional;

/** Graphs that ONNX Runtime rewrote for this machine, on disk for the next start, under a key of everything that the rewriting depends on. */
final class OptimizedGraphs {

    private static final System.Logger LOG = System.getLogger(OptimizedGraphs.class.getName());
    /** A graph that is larger is mapped or read faster than written a second time, and files of 2 GiB are none of ONNX. */
    private static final long MAX_GRAPH = 512L << 20;

    private final KeptGraphs kept;
    private final String machine;

    /** @param machine the version of ONNX Runtime, what its rewriting leaves out, and what the processor can do */
    OptimizedGraphs(KeptGraphs kept, String machine) {
        this.kept = kept;
        this.machine = machine;
    }

    String machine() {
        return machine;
    }

    GraphSession open(GraphArtifact artifact, SessionFactory factory, DeviceSpec device) {
        if (artifact.bytes() > MAX_GRAPH || device.kind() != DeviceSpec.Kind.CPU || isSplit(artifact)) {
            return factory.open(artifact.graph(), device, SessionOptions.DEFAULT);
        }
        String key = GraphDigest.of(artifact.graph(), machine);
        Optional<Path> there = kept.find(key);
        if (there.isPresent()) {
            try {
                return factory.open(there.get(), device, SessionOptions.AS_IT_IS);
            } catch (ForetokenException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Making an optimized graph anew, the one on disk: {0}",
                        e.getMessage());
                kept.forget(key);
            }
        }
        return opened(key, artifact, factory, device);
    }

    /** Whether tensors lie in files beside the graph: a rewritten graph would look for them beside itself. */
    private static boolean isSplit(GraphArtifact artifact) {
        try {
            return Files.size(artifact.graph()) != artifact.bytes();
        } catch (IOException e) {
            return true;
        }
    }

    private GraphSession opened(String key, GraphArtifact artifact, SessionFactory factory, DeviceSpec device) {
        Optional<Path> made = kept.unfinished();
        if (made.isPresent()) {
            try {
                GraphSession session = factory.open(artifact.graph(), device, new SessionOptions(true, made.get()));
                kept.keep(key, made.get());
                return session;
            } catch (ForetokenException e) {
                // Some graphs run and cannot be written, such as those with functions of others' making; and the disk
                // may be full.
                LOG.log(System.Logger.Level.DEBUG, "A graph is opened without writing it", e);
                kept.discard(made.get());
            }
        }
        return factory.open(artifact.graph(), device, SessionOptions.DEFAULT);
    }
}
