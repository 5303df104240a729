package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds what a mount's location names. */
public final class ModelLocation {

    public static final String DEMO = "demo";
    private static final String RANDOM = "random:";

    private final Path home;

    /** @param home folder the product was unpacked or checked out in: the demo model is below it */
    public ModelLocation(Path home) {
        this.home = home;
    }

    /** The home that the launcher names, else the working directory. */
    public static ModelLocation ofProcess() {
        return new ModelLocation(Path.of(System.getProperty("foretoken.home", ".")));
    }

    /** @throws ForetokenException CONFIG_INVALID when there is no such folder */
    public ModelSource source(ModelMount mount) {
        if (mount.location().startsWith(RANDOM)) {
            return new ModelSource(mount.name(), URI.create(mount.location()), "");
        }
        return ModelSource.of(mount.name(), folder(mount));
    }

    /** The folder with the tokenizer; empty for random weights, which have none. */
    public Optional<Path> textFolder(ModelMount mount) {
        return mount.location().startsWith(RANDOM)
                ? Optional.empty()
                : Optional.of(folder(mount)).filter(path -> Files.exists(path.resolve("tokenizer.json")));
    }

    private Path folder(ModelMount mount) {
        Path path = mount.location().equals(DEMO) ? demo() : Path.of(mount.location());
        if (!Files.isDirectory(path)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "model '" + mount.name() + "': '" + mount.location()
                            + "' is not a folder; give a Hugging Face checkpoint directory (with config.json and *.safetensors), '"
                            + DEMO + "', or random:SHAPE");
        }
        return path;
    }

    private Path demo() {
        Path installed = home.resolve("models/demo");
        return Files.isDirectory(installed) ? installed : home.resolve("src/models/demo/model");
    }
}
