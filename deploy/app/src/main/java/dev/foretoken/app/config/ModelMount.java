package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.recipe.RecipeFile;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A model to serve: {@code NAME=PATH} on the command line.
 *
 * @param location a checkpoint directory, a GGUF file, an ONNX graph or its folder, a recipe, a prediction, {@code demo}, or {@code random:SHAPE}
 */
public record ModelMount(String name, String location) {

    private static final String ONNX = ".onnx";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}");

    public ModelMount {
        if (!NAME.matcher(name).matches()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "model name '" + name
                            + "' must be 1 to 128 letters, digits or . _ : / @ -, and start with a letter or digit");
        }
    }

    /**
     * Reads {@code NAME=PATH}; a bare path is served under the name of its last folder, or of its file without {@code .gguf}, {@code .json}
     * or {@code .onnx}.
     */
    public static ModelMount parse(String text) {
        int equals = text.indexOf('=');
        if (equals >= 0) {
            return new ModelMount(text.substring(0, equals), text.substring(equals + 1));
        }
        String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        for (String file : List.of(RecipeFile.NAME, PredictionFile.NAME)) {
            if (trimmed.endsWith("/" + file)) {
                trimmed = trimmed.substring(0, trimmed.length() - file.length() - 1);
            }
        }
        String last = trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf(':')) + 1);
        for (String suffix : List.of(GgufFile.SUFFIX, RecipeFile.SUFFIX, ONNX)) {
            if (last.endsWith(suffix) && last.length() > suffix.length()) {
                return new ModelMount(last.substring(0, last.length() - suffix.length()), text);
            }
        }
        return new ModelMount(last, text);
    }

    @Override
    public String toString() {
        return name + "=" + location;
    }
}
