package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;
import java.util.Optional;

/** A graph at a path, checked but not loaded. */
public sealed interface GraphArtifact {

    Path graph();

    GraphHeader header();

    /** Of the graph and of the files with its tensors. */
    long bytes();

    /** Tensors in, tensors out. */
    record TensorGraph(Path graph, GraphHeader header, long bytes, GraphDeclaration declaration)
            implements GraphArtifact {}

    /**
     * A language model that makes one token after another from what it keeps of those before.
     *
     * @param genAi {@code genai_config.json}, where the graph was exported for ONNX Runtime GenAI
     * @param config {@code config.json} of the model, where it is there
     */
    record DecoderGraph(Path graph, GraphHeader header, long bytes, Optional<Path> genAi, Optional<Path> config)
            implements GraphArtifact {}

    /**
     * Looks at a {@code *.onnx} file or a folder with one.
     *
     * @param trusted whether a registry made the folder and checked what it holds: names of its files may then be links
     * @throws ForetokenException MODEL_UNSUPPORTED for what is no graph, MODEL_FILE_CORRUPT for a graph that is damaged or leads out of its
     *     folder
     */
    static GraphArtifact at(Path path, boolean trusted) {
        return new ArtifactReader(trusted).read(path);
    }

    /** Whether the path has a graph, as far as names tell. */
    static boolean isAt(Path path) {
        return GraphFile.isAt(path);
    }
}
