package dev.foretoken.registry.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a recipe and takes what it changes in with it. */
final class RecipeCheck {

    private RecipeCheck() {}

    /** @throws ForetokenException MODEL_FILE_CORRUPT, also for a base that is outside of an upload */
    static Bases.Sound check(SourceFolder folder, String name, Bases bases) {
        folder.file(name);
        RecipeFile recipe = RecipeFile.read(folder.named(name));
        Optional<Selection> base = bases.take(folder, recipe.base(), recipe.basePath());
        List<CheckedFile> files = new ArrayList<>();
        recipe.weights()
                .map(weights -> SafetensorsCheck.check(weights, folder.file(weights)))
                .ifPresent(made -> files.addAll(CheckpointCheck.split(List.of(made))));
        base.ifPresent(found -> found.files().forEach(file -> files.add(file.in(Bases.FOLDER + "/"))));
        files.add(CheckedFile.inMemory(RecipeFile.NAME, bytes(recipe, base)));
        return new Bases.Sound(files, base);
    }

    /** The recipe with the base where it is going to be; as it was written where nothing has to change. */
    private static byte[] bytes(RecipeFile recipe, Optional<Selection> base) {
        if (base.isEmpty()) {
            return recipe.text().getBytes(StandardCharsets.UTF_8);
        }
        try {
            ObjectMapper json = new ObjectMapper();
            ObjectNode root = (ObjectNode) json.readTree(recipe.text());
            root.put("base", Bases.place(base.get()));
            return (json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Refusal.unreadable(RecipeFile.NAME, e);
        }
    }
}
