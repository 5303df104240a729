package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.contract.runtime.ModelTask;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is said of a graph that it does not say itself: by {@code graph.json} beside it, or by the files that other libraries write.
 *
 * @param graph its path from the folder
 * @param batchAxis empty = told by the graph's dimensions
 * @param caches of streams: the input that takes what the output of the run before gave
 * @param task what its outputs mean
 * @param labels names of classes, in order
 */
public record GraphDeclaration(
        String graph,
        Optional<Integer> batchAxis,
        Optional<Ragged> ragged,
        Map<String, String> caches,
        Optional<LoopDeclaration> loop,
        ModelTask task,
        Head head) {

    /** The name of the file. */
    public static final String NAME = "graph.json";

    /** Its {@code format}. */
    public static final String FORMAT = "foretoken.graph.v1";

    /**
     * @param most the longest; 0 = any
     * @param padding by name of each input that has the axis; empty = lengths that run together are equal
     */
    public record Ragged(int axis, long most, Map<String, Long> padding) {
        public Ragged {
            padding = Map.copyOf(padding);
        }
    }

    /**
     * What becomes of the graph's outputs.
     *
     * @param normalize vectors to length 1
     * @param labels names of the classes, in order; empty = none are known
     */
    public record Head(Pooling pooling, boolean normalize, List<String> labels) {
        public static final Head NONE = new Head(Pooling.NONE, false, List.of());

        public Head {
            labels = List.copyOf(labels);
        }
    }

    public GraphDeclaration {
        caches = Map.copyOf(caches);
    }

    /** Of a graph of which nothing is said. */
    public static GraphDeclaration of(String graph) {
        return new GraphDeclaration(
                graph, Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), ModelTask.TENSOR, Head.NONE);
    }

    public GraphDeclaration withBatchAxis(int value) {
        return new GraphDeclaration(graph, Optional.of(value), ragged, caches, loop, task, head);
    }

    public GraphDeclaration withTask(ModelTask value, Head heads) {
        return new GraphDeclaration(graph, batchAxis, ragged, caches, loop, value, heads);
    }

    public GraphDeclaration withRagged(Ragged value) {
        return new GraphDeclaration(graph, batchAxis, Optional.of(value), caches, loop, task, head);
    }

    public GraphDeclaration withCaches(Map<String, String> value) {
        return new GraphDeclaration(graph, batchAxis, ragged, value, loop, task, head);
    }

    public GraphDeclaration withLoop(LoopDeclaration value) {
        return new GraphDeclaration(graph, batchAxis, ragged, caches, Optional.of(value), task, head);
    }
}
