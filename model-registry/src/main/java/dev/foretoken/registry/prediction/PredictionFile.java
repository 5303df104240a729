package dev.foretoken.registry.prediction;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.recipe.RecipeFields;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A prediction: a small JSON file that binds a base, an auxiliary and the maps between their K and V.
 *
 * <pre>{@code
 * {"format": "foretoken.prediction.v1", "kind": "lp-shared", "base": "base", "auxiliary": {"layers": [0, 2]}, "map": [0, 0, 1, 1],
 *  "predictor": "predictor.safetensors", "text": "what it was fitted on", "facts": {"error": "0.21"}}
 * }</pre>
 *
 * @param path of the file
 * @param base a directory or file relative to the prediction's folder, or {@code random:SHAPE}
 * @param map for every attention of the base that owns K and V, which one of the auxiliary it is predicted from; never descending
 * @param predictor name of the file in the prediction's folder with the maps, or {@link #RANDOM_MAPS}
 * @param text what it was fitted on; may be empty
 * @param facts about its making, for people
 */
public record PredictionFile(
        Path path,
        PredictionKind kind,
        String base,
        AuxiliarySource auxiliary,
        List<Integer> map,
        String predictor,
        String text,
        Map<String, String> facts) {

    /** The name of the file in its folder. */
    public static final String NAME = "prediction.json";

    /** The name of the file with the maps, where nothing speaks against it. */
    public static final String PREDICTOR = "predictor.safetensors";

    /** In place of the name of a file: maps of random numbers, which measure speed and nothing else. */
    public static final String RANDOM_MAPS = "random";

    /** Most layers of either model. */
    public static final int MOST_LAYERS = 1024;

    private static final String FORMAT = "foretoken.prediction.v1";
    private static final String RANDOM = "random:";
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_FACTS = 4096;

    public PredictionFile {
        map = List.copyOf(map);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** Whether the path is a folder with a {@link #NAME}, or that file. */
    public static boolean isAt(Path path) {
        return Files.isRegularFile(path.resolve(NAME)) || path.endsWith(NAME) && Files.isRegularFile(path);
    }

    /**
     * Reads and checks all that can be checked without the models.
     *
     * @param path for which {@link #isAt} holds
     * @throws ForetokenException MODEL_FILE_CORRUPT, naming the field
     */
    public static PredictionFile read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve(NAME) : path;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw corrupt("%s has %d bytes, at most %d are read".formatted(NAME, Files.size(file), MAX_BYTES));
            }
            return of(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, NAME + " cannot be read", e);
        }
    }

    /**
     * As {@link #read}, of a prediction that is not stored yet.
     *
     * @param file where it is going to be, which decides where its base is
     */
    public static PredictionFile of(Path file, byte[] bytes) {
        RecipeFields fields = RecipeFields.parse(
                NAME, bytes, "format", "no prediction: it must be a JSON object with \"format\": \"" + FORMAT + "\"");
        if (!fields.text("format").equals(FORMAT)) {
            throw fields.wrong("format", fields.text("format"), FORMAT);
        }
        PredictionKind kind = kind(fields);
        PredictionFile read = new PredictionFile(
                file,
                kind,
                PredictionChecks.location(fields, "base"),
                PredictionChecks.auxiliary(fields, kind),
                PredictionChecks.map(fields),
                PredictionChecks.predictor(fields),
                PredictionChecks.text(fields, MAX_TEXT),
                fields.textsByName("facts", MAX_FACTS));
        fields.requireNoOthers();
        return read;
    }

    private static PredictionKind kind(RecipeFields fields) {
        String found = fields.text("kind");
        return Arrays.stream(PredictionKind.values())
                .filter(kind -> kind.text().equals(found))
                .findFirst()
                .orElseThrow(() -> fields.wrong("kind", found, "one of lp-shared, lp-trained, separate"));
    }

    /** The same with its base elsewhere. */
    public PredictionFile withBase(String other) {
        return new PredictionFile(path, kind, other, auxiliary, map, predictor, text, facts);
    }

    /** The same with its auxiliary elsewhere. */
    public PredictionFile withAuxiliary(AuxiliarySource other) {
        return new PredictionFile(path, kind, base, other, map, predictor, text, facts);
    }

    /** The same for another folder. */
    public PredictionFile in(Path folder) {
        return new PredictionFile(folder.resolve(NAME), kind, base, auxiliary, map, predictor, text, facts);
    }

    /** The base on disk; empty where it is random weights of a named shape. */
    public Optional<Path> basePath() {
        return onDisk(base);
    }

    /** The auxiliary on disk; empty where it is a view of the base, or random. */
    public Optional<Path> auxiliaryPath() {
        return switch (auxiliary) {
            case AuxiliarySource.Layers layers -> Optional.empty();
            case AuxiliarySource.Model model -> onDisk(model.location());
        };
    }

    /** The file with the maps; empty where they are random. */
    public Optional<Path> predictorPath() {
        return predictor.equals(RANDOM_MAPS) ? Optional.empty() : Optional.of(folder().resolve(predictor));
    }

    private Optional<Path> onDisk(String location) {
        return location.startsWith(RANDOM)
                ? Optional.empty()
                : Optional.of(folder().resolve(location).normalize());
    }

    private Path folder() {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path : parent;
    }

    /** As {@link RecipeFile#checkpointOf}, also for predictions: what the base of one begins with. */
    public static Optional<Path> checkpointOf(Path path) {
        return isAt(path) ? read(path).basePath().flatMap(RecipeFile::checkpointOf) : RecipeFile.checkpointOf(path);
    }

    /** As it is stored; {@link #of} reads it. */
    public byte[] bytes() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("format", FORMAT);
        tree.put("kind", kind.text());
        tree.put("base", base);
        tree.put(
                "auxiliary",
                switch (auxiliary) {
                    case AuxiliarySource.Layers layers -> Map.of("layers", layers.blocks());
                    case AuxiliarySource.Model model -> Map.of("model", model.location());
                });
        tree.put("map", map);
        tree.put("predictor", predictor);
        tree.put("text", text);
        tree.put("facts", facts);
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "a prediction cannot be written as JSON", e);
        }
    }

    /** Stores it at its path; what it says is checked as {@link #of} does first. */
    public void write() throws IOException {
        byte[] written = bytes();
        of(path, written);
        Files.write(path, written);
    }

    private static ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, what);
    }
}
