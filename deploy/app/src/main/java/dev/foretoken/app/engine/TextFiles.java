package dev.foretoken.app.engine;

import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.text.Tokenizer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Opens the tokenizer and chat template of a mounted model. */
public final class TextFiles {

    private final ModelLocation locations;

    public TextFiles(ModelLocation locations) {
        this.locations = locations;
    }

    /** The model as the edge offers it: without text when it has no tokenizer. */
    public ServedModel serve(ModelMount mount, EngineSet engines) {
        Optional<Path> path = locations.textPath(mount);
        if (path.isEmpty()) {
            return new ServedModel(mount.name(), Optional.empty(), Optional.empty(), TokenIds.EMPTY, engines);
        }
        return ServedModel.ofCheckpoint(mount.name(), Tokenizer.load(path.get()), InstantSource.system(), engines);
    }
}
