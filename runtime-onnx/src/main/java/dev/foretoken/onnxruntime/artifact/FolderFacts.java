package dev.foretoken.onnxruntime.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What sentence-transformers and transformers write beside an encoder says of its outputs. */
final class FolderFacts {

    private static final int MAX_LABELS = 100_000;
    private static final String IDS = "input_ids";
    private static final Set<String> PADDED = Set.of(IDS, "attention_mask", "token_type_ids", "position_ids");
    private static final String MODE = "pooling_mode_";
    /** By sentence-transformers' names of its modes. */
    private static final Map<String, Pooling> POOLINGS = Map.of(
            "pooling_mode_mean_tokens", Pooling.MEAN,
            "pooling_mode_cls_token", Pooling.CLS,
            "pooling_mode_lasttoken", Pooling.LAST);
    /** Modules of sentence-transformers that are the graph, or are done here. */
    private static final Set<String> MODULES = Set.of("Transformer", "Pooling", "Normalize");

    private FolderFacts() {}

    /** Lengths may differ only where a mask tells the graph which tokens are padding. */
    static GraphDeclaration of(Path folder, String graph, GraphHeader header) {
        GraphDeclaration plain = GraphDeclaration.of(graph);
        Path home = home(folder);
        Optional<JsonNode> config = ArtifactReader.file(home, "config.json").map(ForeignJson::read);
        GraphDeclaration said = ArtifactReader.file(home, "1_Pooling/config.json")
                .map(ForeignJson::read)
                .map(pooling -> plain.withTask(ModelTask.EMBED, head(home, pooling)))
                .or(() -> config.map(json -> classifier(plain, json)))
                .orElse(plain);
        if (said.task() == ModelTask.TENSOR) {
            return said;
        }
        boolean masked = header.inputNames().contains("attention_mask");
        return said.withRagged(tokens(config, masked ? PADDED : Set.of()));
    }

    /** The folder {@code onnx} of a model is described by the one above. */
    static Path home(Path folder) {
        return folder.endsWith("onnx") && folder.getParent() != null ? folder.getParent() : folder;
    }

    private static GraphDeclaration.Head head(Path home, JsonNode pooling) {
        List<String> modules = ArtifactReader.file(home, "modules.json")
                .map(ForeignJson::read)
                .map(FolderFacts::modules)
                .orElse(List.of());
        List<String> others =
                modules.stream().filter(module -> !MODULES.contains(module)).toList();
        if (!others.isEmpty()) {
            throw unsupported("modules.json has " + others + ", expected only Transformer, Pooling and Normalize");
        }
        return new GraphDeclaration.Head(pooling(pooling), modules.contains("Normalize"), List.of());
    }

    /** The classes' own names: {@code sentence_transformers.models.Dense} is a Dense. */
    private static List<String> modules(JsonNode json) {
        List<String> modules = new ArrayList<>();
        json.forEach(module -> {
            String type = module.path("type").asText();
            modules.add(type.substring(type.lastIndexOf('.') + 1));
        });
        return modules;
    }

    private static Pooling pooling(JsonNode json) {
        List<String> modes = json.properties().stream()
                .filter(field ->
                        field.getKey().startsWith(MODE) && field.getValue().asBoolean())
                .map(Map.Entry::getKey)
                .toList();
        Pooling known = modes.size() == 1 ? POOLINGS.get(modes.getFirst()) : null;
        if (known == null) {
            throw unsupported("1_Pooling/config.json has the modes %s, expected one of %s"
                    .formatted(modes, POOLINGS.keySet().stream().sorted().toList()));
        }
        return known;
    }

    private static ForetokenException unsupported(String what) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "%s; a %s beside the graph can say how its outputs are made vectors of"
                        .formatted(what, GraphDeclaration.NAME));
    }

    private static GraphDeclaration classifier(GraphDeclaration plain, JsonNode config) {
        String architecture = config.path("architectures").path(0).asText();
        if (!architecture.endsWith("ForSequenceClassification")) {
            return plain;
        }
        List<String> labels = labels(config.path("id2label"));
        boolean scores = labels.size() == 1 || config.path("num_labels").asInt() == 1;
        return plain.withTask(
                scores ? ModelTask.RERANK : ModelTask.CLASSIFY,
                new GraphDeclaration.Head(Pooling.NONE, false, scores ? List.of() : labels));
    }

    private static List<String> labels(JsonNode names) {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < MAX_LABELS && names.path(String.valueOf(i)).isTextual(); i++) {
            labels.add(names.path(String.valueOf(i)).textValue());
        }
        return labels;
    }

    private static GraphDeclaration.Ragged tokens(Optional<JsonNode> config, Set<String> padded) {
        long pad = config.map(json -> json.path("pad_token_id").asLong()).orElse(0L);
        long most = config.map(json -> json.path("max_position_embeddings").asLong())
                .orElse(0L);
        Map<String, Long> padding =
                padded.stream().collect(Collectors.toMap(name -> name, name -> name.equals(IDS) ? pad : 0));
        return new GraphDeclaration.Ragged(1, Math.max(0, most), padding);
    }
}
