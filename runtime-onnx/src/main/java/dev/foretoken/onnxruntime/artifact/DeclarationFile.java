package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.registry.recipe.RecipeFields;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code graph.json}: read with types and ranges; what is not known is refused. */
final class DeclarationFile {

    private static final int MAX_NAMES = 4096;
    private static final int MAX_LABELS = 100_000;
    private static final int MAX_AXIS = 15;
    private static final int MAX_COUNT = 100_000;
    private static final Map<String, ModelTask> TASKS = Map.of(
            "tensor",
            ModelTask.TENSOR,
            "embedding",
            ModelTask.EMBED,
            "rerank",
            ModelTask.RERANK,
            "classify",
            ModelTask.CLASSIFY,
            "generate",
            ModelTask.GENERATE);

    private final RecipeFields fields;

    private DeclarationFile(RecipeFields fields) {
        this.fields = fields;
    }

    /** @throws ForetokenException MODEL_FILE_CORRUPT naming the field */
    static GraphDeclaration read(Path file) {
        return new DeclarationFile(RecipeFields.parse(
                        GraphDeclaration.NAME,
                        ForeignJson.bytes(file),
                        "format",
                        "no description of a graph: it must be a JSON object with \"format\": \"%s\""
                                .formatted(GraphDeclaration.FORMAT)))
                .declaration();
    }

    private GraphDeclaration declaration() {
        String format = fields.text("format");
        if (!format.equals(GraphDeclaration.FORMAT)) {
            throw fields.wrong("format", format, GraphDeclaration.FORMAT);
        }
        GraphDeclaration declaration = new GraphDeclaration(
                fields.optionalText("graph").orElse("model.onnx"),
                fields.has("batch_axis") ? Optional.of(fields.integer("batch_axis", -1, MAX_AXIS)) : Optional.empty(),
                fields.has("ragged") ? Optional.of(ragged(fields.object("ragged"))) : Optional.empty(),
                fields.has("session") ? caches(fields.object("session")) : Map.of(),
                fields.has("loop") ? Optional.of(LoopFields.read(fields.object("loop"))) : Optional.empty(),
                task(),
                head());
        fields.requireNoOthers();
        if (fields.has("session") && fields.has("loop")) {
            throw fields.wrong(
                    "session", "caches beside a loop", "left out, or the loop: a stream runs its graph once");
        }
        return declaration;
    }

    private ModelTask task() {
        String name = fields.optionalText("task").orElse("tensor");
        ModelTask task = TASKS.get(name);
        if (task == null) {
            throw fields.wrong("task", name, "tensor, embedding, rerank, classify or generate");
        }
        return task;
    }

    private GraphDeclaration.Head head() {
        String pooling = fields.optionalText("pooling").orElse("none");
        if (!List.of("mean", "cls", "last", "none").contains(pooling)) {
            throw fields.wrong("pooling", pooling, "mean, cls, last or none");
        }
        return new GraphDeclaration.Head(
                Pooling.valueOf(pooling.toUpperCase(Locale.ROOT)),
                fields.flag("normalize"),
                fields.has("labels") ? fields.texts("labels", MAX_LABELS) : List.of());
    }

    private static GraphDeclaration.Ragged ragged(RecipeFields ragged) {
        Map<String, Long> padding = new HashMap<>();
        ragged.integersByName("pad", MAX_NAMES, Integer.MIN_VALUE, Integer.MAX_VALUE)
                .forEach((name, value) -> padding.put(name, (long) value));
        int most = ragged.has("most") ? ragged.integer("most", 1, Integer.MAX_VALUE) : 0;
        GraphDeclaration.Ragged found = new GraphDeclaration.Ragged(ragged.integer("axis", 0, MAX_AXIS), most, padding);
        ragged.requireNoOthers();
        return found;
    }

    private static Map<String, String> caches(RecipeFields session) {
        Map<String, String> caches = fed(session, "caches");
        session.requireNoOthers();
        return caches;
    }

    /** Inputs, each with the output that it takes, which no other takes. */
    private static Map<String, String> fed(RecipeFields fields, String key) {
        Map<String, String> fed = fields.textsByName(key, MAX_NAMES);
        Set<String> outputs = new HashSet<>();
        fed.forEach((input, output) -> {
            if (!outputs.add(output)) {
                throw fields.wrong(key + ", " + input, output, "an output that no other input takes");
            }
        });
        return fed;
    }

    /** The fields of a loop. */
    private record LoopFields(RecipeFields loop) {

        private static LoopDeclaration read(RecipeFields loop) {
            LoopFields reader = new LoopFields(loop);
            Optional<RecipeFields> counted = reader.counted();
            LoopDeclaration found = new LoopDeclaration(
                    counted.map(fields -> fields.integer("max", 1, MAX_COUNT))
                            .orElseGet(() -> loop.integer("count", 1, MAX_COUNT)),
                    counted.map(fields -> fields.text("input")),
                    fed(loop, "state"),
                    reader.schedules(),
                    loop.has("stop") ? Optional.of(stop(loop.object("stop"))) : Optional.empty(),
                    loop.has("keep") ? loop.texts("keep", MAX_NAMES) : List.of());
            counted.ifPresent(RecipeFields::requireNoOthers);
            loop.requireNoOthers();
            if (found.state().isEmpty()) {
                throw loop.wrong("state", "{}", "at least one input with the output that it takes");
            }
            found.schedules().forEach((name, values) -> {
                if (found.state().containsKey(name)) {
                    throw loop.wrong("index, " + name, "a value of every run", "an input that state does not name");
                }
                if (!values.isEmpty() && values.size() < found.most()) {
                    throw loop.wrong("index, " + name, values.size() + " values", "one for each of " + found.most());
                }
            });
            return found;
        }

        private Optional<RecipeFields> counted() {
            return loop.isObject("count") ? Optional.of(loop.object("count")) : Optional.empty();
        }

        private Map<String, List<Double>> schedules() {
            Map<String, List<Double>> schedules = new HashMap<>();
            if (!loop.isObject("index")) {
                loop.optionalText("index").ifPresent(name -> schedules.put(name, List.of()));
                return schedules;
            }
            RecipeFields index = loop.object("index");
            for (String name : index.names()) {
                schedules.put(
                        name,
                        index.numbers(name, MAX_COUNT).stream()
                                .map(Number::doubleValue)
                                .toList());
            }
            return schedules;
        }

        private static LoopDeclaration.Stop stop(RecipeFields stop) {
            LoopDeclaration.Stop found =
                    new LoopDeclaration.Stop(stop.text("output"), stop.number("below", 0, Double.MAX_VALUE));
            stop.requireNoOthers();
            return found;
        }
    }
}
