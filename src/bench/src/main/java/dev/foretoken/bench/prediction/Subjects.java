package dev.foretoken.bench.prediction;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.scripted.Script;
import dev.foretoken.bench.scripted.ScriptedRuntime;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.registry.prediction.PredictionFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Everything that is measured, loaded in one engine: predictions, their auxiliaries by themselves, and the base in other encodings. */
final class Subjects implements AutoCloseable {
    static final String BASE = "base";

    private final LocalEngine engine;
    private final Script script;
    private final Map<String, ModelInfo> models = new LinkedHashMap<>();
    private final List<PredictionPair> pairs = new ArrayList<>();
    private final List<String> encodings = new ArrayList<>();

    private Subjects(LocalEngine engine, Script script) {
        this.engine = engine;
        this.script = script;
        models.put(BASE, engine.model());
    }

    /**
     * @param predictions folders, all of the same base
     * @param encodings of the base's weights, beside those as stored
     */
    static Subjects open(
            List<Path> predictions, List<Weights> encodings, RuntimeOptions options, DeviceSpec device, Path folder)
            throws IOException {
        Script script = new Script();
        ModelSource base = base(predictions.getFirst());
        Subjects subjects = new Subjects(
                LocalEngine.open(base, options, device, runtime -> new ScriptedRuntime(runtime, script)), script);
        try {
            for (Path prediction : predictions) {
                subjects.add(PredictionPair.of(prediction, name(prediction), folder), options);
            }
            for (Weights weights : encodings) {
                subjects.add(weights, base, options);
            }
            return subjects;
        } catch (IOException | RuntimeException | Error e) {
            subjects.close();
            throw e;
        }
    }

    private static ModelSource base(Path prediction) {
        PredictionFile file = PredictionFile.read(prediction);
        return file.basePath()
                .map(path -> ModelSource.of(BASE, path))
                .orElseGet(() -> LocalEngine.source(BASE, file.base()));
    }

    private static String name(Path prediction) {
        return String.valueOf(prediction.toAbsolutePath().normalize().getFileName());
    }

    private void add(PredictionPair pair, RuntimeOptions options) {
        pairs.add(pair);
        models.put(pair.source().name(), engine.loadBeside(pair.source(), options));
        models.put(pair.auxiliaryAlone().name(), engine.loadBeside(pair.auxiliaryAlone(), options));
    }

    private void add(Weights weights, ModelSource base, RuntimeOptions options) {
        String name = weights.toString().toLowerCase(Locale.ROOT);
        encodings.add(name);
        ModelSource source = new ModelSource(name, base.location(), base.digest());
        models.put(name, engine.loadBeside(source, options.withWeights(weights)));
    }

    Engine engine() {
        return engine.engine();
    }

    Script script() {
        return script;
    }

    ModelInfo model(String name) {
        ModelInfo found = models.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no model is loaded as '" + name + "'");
        }
        return found;
    }

    List<PredictionPair> pairs() {
        return pairs;
    }

    /** Every way that is compared: the exact base first. */
    List<Way> ways(Preamble preamble) {
        List<Way> ways = new ArrayList<>();
        ways.add(Way.exact("exact", BASE, Preamble.NONE));
        encodings.forEach(name -> ways.add(Way.exact(name, name, Preamble.NONE)));
        if (preamble != Preamble.NONE) {
            ways.add(Way.exact("exact", BASE, preamble));
        }
        for (PredictionPair pair : pairs) {
            String name = pair.source().name();
            ways.add(Way.exact(name + ", auxiliary alone", pair.auxiliaryAlone().name(), Preamble.NONE));
            ways.add(Way.predicted(name + ", predicted", name, Way.RepairPoint.NEVER, Preamble.NONE));
            if (preamble != Preamble.NONE) {
                ways.add(Way.predicted(name + ", predicted", name, Way.RepairPoint.NEVER, preamble));
                ways.add(Way.predicted(name + ", repaired", name, Way.RepairPoint.ANSWER, preamble));
                ways.add(Way.predicted(name + ", repaired in slack", name, Way.RepairPoint.SLACK, preamble));
            }
        }
        return ways;
    }

    @Override
    public void close() {
        engine.close();
    }
}
