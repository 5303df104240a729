package dev.foretoken.nativeruntime.reader;

import java.util.ArrayList;
import java.util.List;

/** Which layers see a window only: {@code layer_types} decide; without them, of a Qwen model the layers from {@code max_window_layers} on. */
final class LayerWindows {

    private static final int DEFAULT_WINDOW = 4096;
    private static final int DEFAULT_FULL_LAYERS = 28;

    private LayerWindows() {}

    static List<Integer> ofQwen(CheckpointConfig config) {
        boolean windowed = config.flag("use_sliding_window", false) && !config.isNull("sliding_window");
        int window = windowed ? config.size("sliding_window", DEFAULT_WINDOW) : 0;
        return config.has("layer_types") ? byTypes(config, window) : byCount(config, window);
    }

    /** Without layer_types, all layers but every {@code pattern}-th have the window. */
    static List<Integer> ofGemma(CheckpointConfig config, int pattern) {
        return inTurns(config, pattern, DEFAULT_WINDOW);
    }

    /** As {@link #ofGemma}, with another window where the configuration has none. */
    static List<Integer> inTurns(CheckpointConfig config, int pattern, int absent) {
        int window = config.isNull("sliding_window") ? 0 : config.size("sliding_window", absent);
        if (config.has("layer_types")) {
            return byTypes(config, window);
        }
        List<Integer> windows = new ArrayList<>();
        for (int layer = 1; layer <= config.layers(); layer++) {
            windows.add(ofType(config, layer % pattern == 0 ? "full_attention" : "sliding_attention", window));
        }
        return windows;
    }

    private static List<Integer> byCount(CheckpointConfig config, int window) {
        int full = config.count("max_window_layers", DEFAULT_FULL_LAYERS);
        List<Integer> windows = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            windows.add(layer >= full ? window : 0);
        }
        return windows;
    }

    private static List<Integer> byTypes(CheckpointConfig config, int window) {
        List<String> types = config.texts("layer_types");
        if (types.size() != config.layers()) {
            throw config.unsupported(
                    "layer_types", types.size() + " entries", "one per layer: " + config.layers() + " entries");
        }
        List<Integer> windows = new ArrayList<>();
        for (String type : types) {
            windows.add(ofType(config, type, window));
        }
        return windows;
    }

    private static int ofType(CheckpointConfig config, String type, int window) {
        return switch (type) {
            case "full_attention" -> 0;
            case "sliding_attention" -> {
                if (window == 0) {
                    throw config.unsupported(
                            "layer_types",
                            "sliding_attention",
                            "accompanied by a sliding_window (and use_sliding_window, where the architecture has it)");
                }
                yield window;
            }
            default ->
                throw config.unsupported("layer_types", "\"" + type + "\"", "full_attention or sliding_attention");
        };
    }
}
