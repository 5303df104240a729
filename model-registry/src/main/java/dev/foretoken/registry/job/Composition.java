package dev.foretoken.registry.job;

import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.metadata.VariantRow;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts a new variant together from what was built and what its parent has. A variant is whole: it holds every file that serving it takes,
 * and files that are the parent's cost nothing, because equal bytes are stored once.
 */
record Composition(VariantRow parent, List<ModelFile> parentFiles, JobSpec spec) {
    private static final String BASE = "base/";
    private static final String TOOL = "foretoken";

    /** Everything but its files. */
    VariantConfig draft(BuildResult result, Instant now) {
        return new VariantConfig(
                format(result),
                parent.config().architecture(),
                kind(result),
                new VariantConfig.Parent(parent.ref().toString(), parent.manifest()),
                settings(result),
                provenance(now),
                List.of());
    }

    private VariantConfig.Format format(BuildResult result) {
        return switch (result.output()) {
            case CHECKPOINT -> VariantConfig.Format.SAFETENSORS;
            case RECIPE -> VariantConfig.Format.RECIPE;
            case GGUF -> VariantConfig.Format.GGUF;
            case PREDICTION -> VariantConfig.Format.PREDICTION;
            case SETTINGS -> parent.config().format();
        };
    }

    private static VariantConfig.Kind kind(BuildResult result) {
        return switch (result.output()) {
            case CHECKPOINT, GGUF -> VariantConfig.Kind.QUANTIZED;
            case RECIPE -> VariantConfig.Kind.RECIPE;
            case SETTINGS -> VariantConfig.Kind.SETTINGS;
            case PREDICTION -> VariantConfig.Kind.PREDICTION;
        };
    }

    /** The parent's settings hold until the build says otherwise; how its weights were held does not, where there are new weights. */
    private Map<String, String> settings(BuildResult result) {
        Map<String, String> settings = new HashMap<>(parent.config().settings());
        switch (result.output()) {
            case CHECKPOINT, GGUF -> settings.remove("weights");
            case RECIPE, SETTINGS, PREDICTION -> {}
        }
        settings.putAll(result.settings());
        return settings;
    }

    private Provenance provenance(Instant now) {
        return new Provenance(
                parent.ref().toString(),
                TOOL,
                spec.method(),
                new TreeMap<>(spec.parameters()),
                spec.calibration().orElse(null),
                now);
    }

    /** The parent's files that the variant has too, by the paths that they have in it. */
    List<ModelFile> inherited(BuildResult result) {
        return switch (result.output()) {
            case CHECKPOINT -> companions();
            case RECIPE, PREDICTION ->
                parentFiles.stream()
                        .map(file -> moved(file, BASE + file.path()))
                        .toList();
            case SETTINGS -> without(BuildFacts.FILE);
            case GGUF -> List.of();
        };
    }

    private List<ModelFile> without(String path) {
        return parentFiles.stream().filter(file -> !file.path().equals(path)).toList();
    }

    /** What a checkpoint has besides weights and their shape: tokenizer, template, texts. Those of a recipe are its base's. */
    private List<ModelFile> companions() {
        List<ModelFile> files = parentFiles;
        while (files.stream().anyMatch(file -> file.path().equals("recipe.json"))) {
            files = files.stream()
                    .filter(file -> file.path().startsWith(BASE))
                    .map(file -> moved(file, file.path().substring(BASE.length())))
                    .toList();
        }
        return files.stream().filter(file -> !replaced(file.path())).toList();
    }

    private static boolean replaced(String path) {
        return path.equals("config.json")
                || path.equals(BuildFacts.FILE)
                || path.endsWith(".safetensors")
                || path.endsWith(".safetensors.index.json")
                || path.endsWith(".gguf")
                || path.endsWith(".onnx");
    }

    private static ModelFile moved(ModelFile file, String path) {
        return new ModelFile(path, file.size(), file.digest(), file.parts());
    }
}
