package dev.foretoken.registry.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.VariantConfig.Format;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a recipe and takes what it changes in with it, below {@code base/}, so that the variant needs nothing else. */
final class RecipeCheck {

    /** Where the base is in a variant, and what its recipe says. */
    static final String BASE = "base";

    private static final int MAX_DEPTH = 8;

    /**
     * How bases are found.
     *
     * @param given whether the base is in the store already, and goes below {@code base/} by itself
     * @param depth of recipes that change recipes, so far
     */
    record Bases(boolean given, int depth) {
        static final Bases TAKEN = new Bases(false, 0);

        private Bases deeper() {
            if (depth + 1 >= MAX_DEPTH) {
                throw Refusal.damaged("recipes change recipes for more than %d levels", MAX_DEPTH);
            }
            return new Bases(false, depth + 1);
        }
    }

    /** What passed: the recipe and its weights, and of the base everything. */
    record Sound(List<CheckedFile> files, Optional<Selection> base) {}

    private RecipeCheck() {}

    /** @throws ForetokenException MODEL_FILE_CORRUPT, also for a base that is outside of an upload */
    static Sound check(SourceFolder folder, String name, Bases bases) {
        folder.file(name);
        RecipeFile recipe = RecipeFile.read(folder.named(name));
        Optional<Selection> base = base(folder, recipe, bases);
        List<CheckedFile> files = new ArrayList<>();
        recipe.weights()
                .map(weights -> SafetensorsCheck.check(weights, folder.file(weights)))
                .ifPresent(made -> files.addAll(CheckpointCheck.split(List.of(made))));
        base.ifPresent(found -> found.files().forEach(file -> files.add(file.in(BASE + "/"))));
        files.add(CheckedFile.inMemory(RecipeFile.NAME, bytes(recipe, base)));
        return new Sound(files, base);
    }

    private static Optional<Selection> base(SourceFolder folder, RecipeFile recipe, Bases bases) {
        Optional<Path> path = recipe.basePath();
        if (path.isEmpty() || bases.given() && recipe.base().equals(BASE)) {
            return Optional.empty();
        }
        return Optional.of(
                folder.trust() == Trust.OWN_FOLDER
                        ? SourceReader.read(path.get(), Trust.OWN_FOLDER, bases.deeper())
                        : uploaded(folder, recipe.base(), bases.deeper()));
    }

    private static Selection uploaded(SourceFolder folder, String base, Bases bases) {
        int slash = base.lastIndexOf('/');
        if (Role.of(base.substring(slash + 1)) == Role.GGUF) {
            folder.file(base);
            SourceFolder beside = slash < 0 ? folder : folder.folder(base.substring(0, slash));
            return SourceReader.read(beside.named(base.substring(slash + 1)), Trust.UPLOADED, bases);
        }
        return SourceReader.read(folder.folder(base), bases);
    }

    /** The recipe with the base where it is going to be; as it was written where nothing has to change. */
    private static byte[] bytes(RecipeFile recipe, Optional<Selection> base) {
        if (base.isEmpty()) {
            return recipe.text().getBytes(StandardCharsets.UTF_8);
        }
        boolean file = base.get().format() == Format.GGUF;
        String place = file ? BASE + "/" + base.get().opened() : BASE;
        try {
            ObjectMapper json = new ObjectMapper();
            ObjectNode root = (ObjectNode) json.readTree(recipe.text());
            root.put("base", place);
            return (json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Refusal.unreadable(RecipeFile.NAME, e);
        }
    }
}
