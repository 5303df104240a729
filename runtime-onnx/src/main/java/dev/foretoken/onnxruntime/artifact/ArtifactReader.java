package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.contract.runtime.ModelTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what a folder says of its graph. */
final class ArtifactReader {

    private static final String CONFIG = "config.json";
    /** {@code past_key_values.0.key}, {@code past_key_0}, {@code past_conv.0}, {@code past_ssm.0}, {@code past_0}, {@code cache_params...}. */
    private static final Pattern PAST = Pattern.compile("past[._].*|past_key.*|cache_params[._].*");

    private final boolean trusted;

    ArtifactReader(boolean trusted) {
        this.trusted = trusted;
    }

    GraphArtifact read(Path path) {
        if (!Files.isDirectory(path)) {
            Path folder = path.toAbsolutePath().getParent();
            Optional<Path> genAi = file(folder, GenAiFile.NAME)
                    .filter(config -> GenAiFile.graph(config).equals(String.valueOf(path.getFileName())));
            return of(folder, path.toAbsolutePath(), declared(folder, path), genAi);
        }
        Path folder = path.toAbsolutePath();
        Optional<Path> genAi = file(folder, GenAiFile.NAME);
        Optional<GraphDeclaration> declared =
                file(folder, GraphDeclaration.NAME).map(DeclarationFile::read);
        Path graph = declared.map(declaration -> Containment.file(folder, declaration.graph()))
                .or(() -> genAi.map(config -> Containment.file(folder, GenAiFile.graph(config))))
                .orElseGet(() -> GraphFile.of(folder));
        return of(folder, graph, declared, genAi);
    }

    /** A declaration beside a graph that was named itself is of that graph or of another. */
    private static Optional<GraphDeclaration> declared(Path folder, Path graph) {
        return file(folder, GraphDeclaration.NAME)
                .map(DeclarationFile::read)
                .filter(declaration -> declaration.graph().equals(String.valueOf(graph.getFileName())));
    }

    private GraphArtifact of(Path folder, Path graph, Optional<GraphDeclaration> declared, Optional<Path> genAi) {
        GraphHeader header = HeaderReader.read(graph);
        long bytes = Containment.checked(graph, trusted);
        declared.ifPresent(new DeclaredNames(header)::check);
        boolean generates = declared.isPresent()
                ? declared.get().task() == ModelTask.GENERATE
                : genAi.isPresent() || decodes(header);
        if (generates) {
            return new GraphArtifact.DecoderGraph(graph, header, bytes, genAi, file(FolderFacts.home(folder), CONFIG));
        }
        GraphDeclaration declaration =
                declared.orElseGet(() -> FolderFacts.of(folder, String.valueOf(graph.getFileName()), header));
        return new GraphArtifact.TensorGraph(graph, header, bytes, isolated(declaration, header));
    }

    /** Dynamic quantization has one scale for all rows of a run: unless a declaration says that they are good enough, requests run alone. */
    private static GraphDeclaration isolated(GraphDeclaration declaration, GraphHeader header) {
        return declaration.batchAxis().isEmpty() && header.operators().contains("DynamicQuantizeLinear")
                ? declaration.withBatchAxis(-1)
                : declaration;
    }

    private static boolean decodes(GraphHeader header) {
        return header.inputNames().contains("input_ids")
                && header.outputNames().contains("logits")
                && header.inputNames().stream()
                        .anyMatch(name -> PAST.matcher(name).matches());
    }

    static Optional<Path> file(Path folder, String name) {
        return Optional.of(folder.resolve(name)).filter(Files::isRegularFile);
    }
}
