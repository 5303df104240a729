package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.VariantConfig.Format;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the model in a folder: decides by names what is looked at, checks every file that is going to be taken, and says of the others why
 * they are not. Stores nothing. For one source and thread.
 */
final class SourceReader {

    private static final String CONFIG = "config.json";
    private static final String ONNX_FOLDER = "onnx";
    private static final String TEMPLATES = "additional_chat_templates";
    /** Where sentence-transformers says how the vectors of tokens become one. */
    private static final String POOLING = "1_Pooling";

    private static final String OTHER_FORM =
            "not what the model is loaded from here; if it is a model of its own, import it by itself";

    private final SourceFolder folder;
    private final Map<String, CheckedFile> files = new TreeMap<>();
    private final List<LeftOut> leftOut = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private String architecture = "";

    private SourceReader(SourceFolder folder) {
        this.folder = folder;
    }

    /**
     * A folder, or one file: a GGUF model, an ONNX model, a recipe or a prediction.
     *
     * @param bases what recipes change, and predictions predict for, is taken in by it
     * @throws ForetokenException MODEL_FILE_CORRUPT for what is damaged or leads elsewhere, MODEL_UNSUPPORTED for what is no model
     */
    static Selection read(Path source, Trust trust, Bases bases) {
        if (Files.isDirectory(source)) {
            return read(SourceFolder.open(source, trust), bases);
        }
        Path file = source.toAbsolutePath();
        if (file.getParent() == null || file.getFileName() == null) {
            throw Refusal.unsupported("there is nothing to import");
        }
        return new SourceReader(SourceFolder.open(file.getParent(), trust)).file(file.getFileName() + "", bases);
    }

    static Selection read(SourceFolder folder, Bases bases) {
        return new SourceReader(folder).folder(bases);
    }

    private Selection file(String name, Bases bases) {
        return switch (Role.of(name)) {
            case GGUF -> gguf(name);
            case ONNX -> onnx(List.of(name));
            case RECIPE -> recipe(name, bases);
            case PREDICTION -> prediction(name, bases);
            case OTHER, TEXT -> {
                if (name.endsWith(".json")) {
                    yield recipe(name, bases);
                }
                throw noModel(name, "");
            }
            case SAFETENSORS, SHARD_INDEX -> throw noModel(name, "; name the folder with its config.json");
            case PICKLE, CODE -> throw noModel(name, ": " + Role.of(name).reason());
        };
    }

    private static ForetokenException noModel(String name, String more) {
        return Refusal.unsupported(
                "%s is not a model%s; a model is a folder with config.json and *.safetensors, a *.gguf or *.onnx file, or a recipe",
                Refusal.quoted(name), more);
    }

    private Selection folder(Bases bases) {
        Map<Role, List<String>> names = new TreeMap<>();
        for (String name : folder.names("")) {
            if (!name.endsWith("/")) {
                names.computeIfAbsent(Role.of(name), role -> new ArrayList<>()).add(name);
            }
        }
        takeTexts(names.getOrDefault(Role.TEXT, List.of()));
        Selection selection = weights(names, bases);
        return withLeftOut(selection, names);
    }

    private Selection weights(Map<Role, List<String>> names, Bases bases) {
        if (names.containsKey(Role.PREDICTION)) {
            return prediction(names.get(Role.PREDICTION).getFirst(), bases);
        }
        if (names.containsKey(Role.RECIPE)) {
            return recipe(names.get(Role.RECIPE).getFirst(), bases);
        }
        if (names.containsKey(Role.SAFETENSORS)) {
            CheckpointCheck.check(folder).forEach(this::take);
            if (!files.containsKey(CONFIG)) {
                throw Refusal.damaged(
                        "the folder has *.safetensors and no %s, without which nobody can load them", CONFIG);
            }
            return selection(Format.SAFETENSORS, "");
        }
        if (names.containsKey(Role.GGUF)) {
            return gguf(onlyModel(names.get(Role.GGUF)));
        }
        List<String> graphs = new ArrayList<>(names.getOrDefault(Role.ONNX, List.of()));
        for (String name : folder.names(ONNX_FOLDER)) {
            if (Role.of(name) == Role.ONNX) {
                graphs.add(ONNX_FOLDER + "/" + name);
            }
        }
        if (graphs.isEmpty()) {
            throw nothing(names.getOrDefault(Role.PICKLE, List.of()));
        }
        return onnx(graphs);
    }

    private static ForetokenException nothing(List<String> pickles) {
        return pickles.isEmpty()
                ? Refusal.unsupported(
                        "the folder has no weights: no *.safetensors, *.gguf or *.onnx, and no recipe.json or prediction.json")
                : Refusal.unsupported(
                        "the folder has weights only as %s: %s. Convert them to safetensors where you trust them",
                        Refusal.quoted(String.join(", ", pickles)), Role.PICKLE.reason());
    }

    private static String onlyModel(List<String> names) {
        List<String> models = names.stream().map(GgufCheck::opened).distinct().toList();
        if (models.size() > 1) {
            throw Refusal.unsupported(
                    "the folder has %d GGUF models, %s; name the file of one of them",
                    models.size(), Refusal.quoted(String.join(", ", models)));
        }
        return models.getFirst();
    }

    private Selection gguf(String name) {
        GgufCheck.Sound model = GgufCheck.check(folder, name);
        model.files().forEach(this::take);
        architecture = model.architecture();
        return selection(Format.GGUF, GgufCheck.opened(name));
    }

    private Selection onnx(Collection<String> names) {
        OnnxCheck check = new OnnxCheck(folder);
        names.forEach(check::check);
        check.files().forEach(this::take);
        return selection(Format.ONNX, "");
    }

    private Selection recipe(String name, Bases bases) {
        return over(RecipeCheck.check(folder, name, bases), Format.RECIPE);
    }

    private Selection prediction(String name, Bases bases) {
        return over(PredictionCheck.check(folder, name, bases), Format.PREDICTION);
    }

    /** What is said of a base. */
    private Selection over(Bases.Sound sound, Format format) {
        sound.files().forEach(this::take);
        sound.base().ifPresent(base -> {
            architecture = base.architecture();
            leftOut.addAll(base.leftOut());
            notes.addAll(base.notes());
        });
        return selection(format, "");
    }

    private void takeTexts(List<String> names) {
        List<String> paths = new ArrayList<>(names);
        for (String name : folder.names(TEMPLATES)) {
            if (name.endsWith(".jinja")) {
                paths.add(TEMPLATES + "/" + name);
            }
        }
        if (folder.names(POOLING).contains(CONFIG)) {
            paths.add(POOLING + "/" + CONFIG);
        }
        for (String path : paths) {
            byte[] bytes = TextCheck.bytes(path, folder.file(path));
            notes.addAll(TextCheck.notes(path, bytes));
            if (path.equals(CONFIG)) {
                architecture = TextCheck.architecture(path, bytes);
            }
            take(CheckedFile.inMemory(path, bytes));
        }
    }

    /** What a model names takes the place of what was taken for its name alone. */
    private void take(CheckedFile file) {
        files.put(file.path(), file);
    }

    private Selection selection(Format format, String opened) {
        return new Selection(format, opened, architecture, List.copyOf(files.values()), leftOut, notes);
    }

    private Selection withLeftOut(Selection found, Map<Role, List<String>> names) {
        List<LeftOut> all = new ArrayList<>(found.leftOut());
        names.forEach((role, list) -> list.stream()
                .filter(name -> !files.containsKey(name))
                .forEach(name -> all.add(new LeftOut(name, role.reason().isEmpty() ? OTHER_FORM : role.reason()))));
        for (String name : folder.names("")) {
            if (name.endsWith("/") && files.keySet().stream().noneMatch(path -> path.startsWith(name))) {
                all.add(new LeftOut(name, "a folder that no model is looked for in"));
            }
        }
        return new Selection(found.format(), found.opened(), found.architecture(), found.files(), all, found.notes());
    }
}
