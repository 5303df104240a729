package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the graph of a folder by the names that exporters give it. */
final class GraphFile {

    static final String SUFFIX = ".onnx";

    /** What is looked for first: a decoder that takes both the first tokens and later ones serves alone. */
    private static final List<String> USUAL = List.of(
            "decoder_model_merged.onnx",
            "model.onnx",
            "onnx/decoder_model_merged.onnx",
            "onnx/model.onnx",
            "decoder_with_past_model.onnx",
            "decoder_model.onnx");

    private static final int MAX_ENTRIES = 10_000;

    private GraphFile() {}

    static boolean isAt(Path path) {
        if (!Files.isDirectory(path)) {
            return path.toString().endsWith(SUFFIX) && Files.isRegularFile(path);
        }
        return Files.isRegularFile(path.resolve(GraphDeclaration.NAME))
                || Files.isRegularFile(path.resolve(GenAiFile.NAME))
                || usual(path).isPresent()
                || graphs(path).size() == 1;
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED */
    static Path of(Path folder) {
        Optional<Path> usual = usual(folder);
        if (usual.isPresent()) {
            return usual.get();
        }
        List<Path> graphs = graphs(folder);
        if (graphs.size() == 1) {
            return graphs.getFirst();
        }
        throw new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                graphs.isEmpty()
                        ? "The folder has no graph: expected model.onnx, onnx/model.onnx, decoder_model_merged.onnx, genai_config.json or graph.json"
                        : "The folder has %d graphs, %s; say which in graph.json, or name the file"
                                .formatted(
                                        graphs.size(),
                                        graphs.stream().map(Path::getFileName).toList()));
    }

    private static Optional<Path> usual(Path folder) {
        return USUAL.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
    }

    private static List<Path> graphs(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.limit(MAX_ENTRIES)
                    .filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "The model's folder cannot be read", e);
        }
    }
}
