package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.recipe.RecipeFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds what a mount's location names. */
public final class ModelLocation {

    public static final String DEMO = "demo";
    private static final String RANDOM = "random:";
    /** Where a checkout has the models of its own, by name. */
    private static final Map<String, String> OWN = Map.of(
            DEMO,
            "src/models/demo/model",
            "demo-moe",
            "src/models/family/moe",
            "demo-hybrid",
            "src/models/family/hybrid",
            "demo-nested",
            "src/models/family/nested",
            "demo-predicted",
            "src/models/kv-prediction/lp-0.5");

    private final Path home;

    /** @param home folder the product was unpacked or checked out in: the demo models are below it */
    public ModelLocation(Path home) {
        this.home = home;
    }

    /** Whether a location is no path: a model of a checkout's own, or random weights. */
    static boolean isOwn(String location) {
        return OWN.containsKey(location) || location.startsWith(RANDOM);
    }

    /** The home that the launcher names, else the working directory. */
    public static ModelLocation ofProcess() {
        return new ModelLocation(Path.of(System.getProperty("foretoken.home", ".")));
    }

    /** @throws ForetokenException CONFIG_INVALID when there is no such folder, GGUF file, graph or recipe */
    public ModelSource source(ModelMount mount) {
        if (mount.location().startsWith(RANDOM)) {
            return new ModelSource(mount.name(), URI.create(mount.location()), "");
        }
        return ModelSource.of(mount.name(), path(mount));
    }

    /** The folder or file with the tokenizer, which of recipes and predictions is the base's; empty where there is none and for random weights. */
    public Optional<Path> textPath(ModelMount mount) {
        return mount.location().startsWith(RANDOM)
                ? Optional.empty()
                : PredictionFile.checkpointOf(path(mount))
                        .map(ModelLocation::described)
                        .filter(Tokenizer::isAt);
    }

    /** A graph's tokenizer lies beside it, or beside the folder that exporters put it in. */
    private static Path described(Path path) {
        if (!isGraph(path)) {
            return path;
        }
        Path folder = path.toAbsolutePath().normalize().getParent();
        Path above = folder.getParent();
        return folder.endsWith("onnx") && above != null && !Tokenizer.isAt(folder) ? above : folder;
    }

    private static boolean isGraph(Path path) {
        return path.toString().endsWith(".onnx") && Files.isRegularFile(path);
    }

    private Path path(ModelMount mount) {
        Path path = OWN.containsKey(mount.location()) ? own(mount.location()) : Path.of(mount.location());
        if (!Files.isDirectory(path) && !GgufFile.isAt(path) && !RecipeFile.isAt(path) && !isGraph(path)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "model '" + mount.name() + "': '" + mount.location() + "' is "
                            + (Files.exists(path) ? "a file of another kind" : "not there")
                            + "; give a Hugging Face checkpoint directory (with config.json and *.safetensors), a *.gguf file, a *.onnx file or a folder with one, a recipe (*.json), a folder with a prediction.json, '"
                            + DEMO + "', 'demo-moe', 'demo-hybrid', 'demo-nested', 'demo-predicted', or random:SHAPE");
        }
        return path;
    }

    private Path own(String name) {
        Path installed = home.resolve("models").resolve(name);
        return Files.isDirectory(installed) ? installed : home.resolve(OWN.get(name));
    }
}
