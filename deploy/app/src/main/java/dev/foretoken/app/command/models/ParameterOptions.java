package dev.foretoken.app.command.models;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Parameters of methods that are set so often that they have an option: each is the same as its {@code --set}. */
final class ParameterOptions {

    @Option(
            names = "--set",
            paramLabel = "[NAME.]KEY=VALUE",
            description = "A parameter of the methods that have it, or of the variant NAME alone; repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--auxiliary",
            paramLabel = "WHAT",
            description =
                    "What predicts keys and values (kvp): layer-pruned:SHARE, layers:0,2,5, model:FOLDER-OR-VARIANT or trained:FOLDER. As --set auxiliary=WHAT.")
    private @Nullable String auxiliary;

    @Option(names = "--bits", paramLabel = "N", description = "Bits of a weight. As --set bits=N.")
    private @Nullable String bits;

    @Option(names = "--group", paramLabel = "N", description = "Weights with one scale. As --set group=N.")
    private @Nullable String group;

    /** All of them as {@code --set} says them; what it says itself comes first. */
    Map<String, String> settings() {
        Map<String, String> all = new LinkedHashMap<>();
        put(all, "auxiliary", auxiliary);
        put(all, "bits", bits);
        put(all, "group", group);
        all.putAll(settings);
        return all;
    }

    private static void put(Map<String, String> all, String name, @Nullable String value) {
        if (value != null) {
            all.put(name, value);
        }
    }
}
