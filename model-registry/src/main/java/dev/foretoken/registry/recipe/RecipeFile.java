package dev.foretoken.registry.recipe;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.safetensors.ShardIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A recipe: a small JSON file that turns a base model into a variant.
 *
 * <pre>{@code
 * {"foretoken_recipe": 1, "base": "../model", "weights": "made.safetensors", "operations": [{"op": "drop", "blocks": [3]}]}
 * }</pre>
 *
 * @param path of the file
 * @param text the whole file
 * @param base a directory or file, as it is written: relative to the recipe's folder, or {@code random:SHAPE}
 * @param weights name of the file in the recipe's folder that has its new tensors
 * @param operations in order of application
 */
public record RecipeFile(Path path, String text, String base, Optional<String> weights, List<RecipeFields> operations) {

    /** The name of a recipe that is given by its folder. */
    public static final String NAME = "recipe.json";

    /** How the names of recipes end. */
    public static final String SUFFIX = ".json";

    private static final String RANDOM = "random:";
    private static final int VERSION = 1;
    private static final int MAX_BYTES = 1 << 23;
    private static final int MAX_OPERATIONS = 256;

    /** Recipes may change what recipes make, so deep. */
    private static final int MAX_DEPTH = 8;

    public RecipeFile {
        operations = List.copyOf(operations);
    }

    /** Whether the path is a folder with a {@link #NAME}, or a file that ends in {@code .json}. */
    public static boolean isAt(Path path) {
        return Files.isRegularFile(path.resolve(NAME)) || path.toString().endsWith(SUFFIX) && Files.isRegularFile(path);
    }

    /**
     * Reads and checks everything but the operations' own fields.
     *
     * @param path for which {@link #isAt} holds
     * @throws ForetokenException MODEL_FILE_CORRUPT, naming the field
     */
    public static RecipeFile read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve(NAME) : path;
        return of(file, bytes(file));
    }

    /**
     * As {@link #read}, of a recipe that is not stored yet.
     *
     * @param file where it is going to be, which decides where its base is
     */
    public static RecipeFile of(Path file, byte[] bytes) {
        RecipeFields fields = parse(file, bytes);
        fields.integer("foretoken_recipe", VERSION, VERSION);
        List<RecipeFields> operations = fields.objects("operations", MAX_OPERATIONS);
        RecipeFile recipe = new RecipeFile(
                file,
                new String(bytes, StandardCharsets.UTF_8),
                base(fields),
                fields.optionalText("weights"),
                operations);
        recipe.weights.ifPresent(name -> requirePlainName(fields, name));
        fields.requireNoOthers();
        return recipe;
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw corrupt("%s has %d bytes, at most %d are read"
                        .formatted(file.getFileName(), Files.size(file), MAX_BYTES));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " cannot be read", e);
        }
    }

    private static RecipeFields parse(Path file, byte[] bytes) {
        return RecipeFields.parse(
                String.valueOf(file.getFileName()),
                bytes,
                "foretoken_recipe",
                "no recipe: it must be a JSON object with \"foretoken_recipe\": 1");
    }

    private static String base(RecipeFields fields) {
        String base = fields.text("base");
        if (base.isEmpty()
                || base.chars().anyMatch(Character::isISOControl)
                || Path.of(base).isAbsolute()) {
            throw fields.wrong(
                    "base",
                    base,
                    "a path relative to the recipe's folder, so that both can be moved together, or random:SHAPE");
        }
        return base;
    }

    private static void requirePlainName(RecipeFields fields, String name) {
        if (!ShardIndex.isPlainName(name)) {
            throw fields.wrong("weights", name, "the plain name of a *.safetensors file in the recipe's folder");
        }
    }

    /** The base on disk; empty where it is random weights of a named shape. */
    public Optional<Path> basePath() {
        return base.startsWith(RANDOM)
                ? Optional.empty()
                : Optional.of(folder().resolve(base).normalize());
    }

    /** The file with the new tensors, which {@code recipe build} writes. */
    public Optional<Path> weightsPath() {
        return weights.map(name -> folder().resolve(name));
    }

    private Path folder() {
        return path.toAbsolutePath().getParent();
    }

    /**
     * What recipes begin with: {@code path} itself where it is none, else the base of its base. Empty for random weights.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT where recipes go in a circle or too deep
     */
    public static Optional<Path> checkpointOf(Path path) {
        Optional<Path> found = Optional.of(path);
        for (int depth = 0; found.isPresent() && isAt(found.get()); depth++) {
            if (depth == MAX_DEPTH) {
                throw corrupt("the recipe's base is a recipe, and so on for %d of them; at most %d are followed"
                        .formatted(depth, MAX_DEPTH));
            }
            found = read(found.get()).basePath();
        }
        return found;
    }

    private static ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, what);
    }
}
