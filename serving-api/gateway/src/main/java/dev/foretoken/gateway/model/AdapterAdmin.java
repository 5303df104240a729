package dev.foretoken.gateway.model;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineControl;
import dev.foretoken.contract.engine.ModelInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Loads and unloads LoRA adapters of the engine in this process while it serves. Reads from one folder alone: what a caller names must lie in
 * it after every link was followed.
 */
public final class AdapterAdmin {

    private final Engine engine;
    private final EngineControl control;
    private final Path folder;

    /** @throws ForetokenException CONFIG_INVALID when there is no such folder */
    public AdapterAdmin(Engine engine, EngineControl control, Path folder) {
        this.engine = engine;
        this.control = control;
        try {
            this.folder = folder.toRealPath();
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "adapters=" + folder + ", must be a folder that can be read", e);
        }
    }

    /**
     * Returns the name of the model whose adapter it is now.
     *
     * @param model empty: the only one that is served
     * @throws ForetokenException what {@link EngineControl#loadAdapter} throws, INVALID_REQUEST
     */
    public String load(Optional<String> model, String name, String path) {
        String base = base(model);
        control.loadAdapter(base, name, inside(path));
        return base;
    }

    /** @throws ForetokenException what {@link EngineControl#unloadAdapter} throws, INVALID_REQUEST */
    public String unload(Optional<String> model, String name, Duration grace) {
        String base = base(model);
        control.unloadAdapter(base, name, grace);
        return base;
    }

    private String base(Optional<String> model) {
        List<String> names = engine.models().stream().map(ModelInfo::name).toList();
        if (model.isEmpty() && names.size() != 1) {
            throw ForetokenException.invalid(
                    "base_model_name", "base_model_name is missing; %d models are served".formatted(names.size()));
        }
        return model.orElseGet(names::getFirst);
    }

    /** The same answer for what is outside and for what is not there: nobody learns of other files. */
    private Path inside(String path) {
        try {
            Path real = folder.resolve(path).toRealPath();
            if (real.startsWith(folder) && Files.isDirectory(real)) {
                return real;
            }
        } catch (IOException | InvalidPathException e) {
            // Answered below.
        }
        throw ForetokenException.invalid(
                "lora_path", "lora_path must name a folder inside the folder that this server loads adapters from");
    }
}
