package dev.foretoken.onnxruntime.session;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a graph is loaded.
 *
 * @param optimize whether ONNX Runtime rewrites the graph for this machine; not needed for one that was written so
 * @param writeOptimizedTo where the rewritten graph goes, for the next time; null = nowhere
 */
public record SessionOptions(boolean optimize, @Nullable Path writeOptimizedTo) {

    public static final SessionOptions DEFAULT = new SessionOptions(true, null);

    /** A graph that was rewritten before. */
    public static final SessionOptions AS_IT_IS = new SessionOptions(false, null);
}
