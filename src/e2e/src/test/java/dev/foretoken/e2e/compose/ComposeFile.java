package dev.foretoken.e2e.compose;

import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A file of {@code deploy/compose}, as compose reads it.
 *
 * @param document what it says, anchors and merges followed
 */
public record ComposeFile(Map<String, Object> document) {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):-([^}]*)}");

    /** Where it lies, and where its relative paths begin. */
    public static Path folder() {
        return Checkout.root().resolve("deploy/compose");
    }

    /** The name in the folder of secrets of what the file says as {@code path}. */
    static String secret(String path) {
        String folder = "secrets/";
        if (!path.startsWith(folder)) {
            throw new AssertionError(path + " is not in the folder that make-secrets makes");
        }
        return path.substring(folder.length());
    }

    public static ComposeFile read(String name) {
        return read(name, Map.of());
    }

    /** @param variables those that are set; others have the value that the file gives them */
    public static ComposeFile read(String name, Map<String, String> variables) {
        try {
            String text = Files.readString(folder().resolve(name));
            String set = VARIABLE.matcher(text)
                    .replaceAll(
                            found -> Matcher.quoteReplacement(variables.getOrDefault(found.group(1), found.group(2))));
            return new ComposeFile(new Yaml(new SafeConstructor(new LoaderOptions())).load(set));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What compose makes of this file with another laid over it: mappings are merged, and of all else the other's is meant. */
    public ComposeFile with(ComposeFile over) {
        return new ComposeFile(merged(document, over.document));
    }

    @SuppressWarnings("unchecked") // keys of this format are texts
    private static Map<String, Object> merged(Map<String, Object> under, Map<String, Object> over) {
        Map<String, Object> both = new LinkedHashMap<>(under);
        over.forEach((name, value) -> both.merge(
                name,
                value,
                (before, after) -> before instanceof Map<?, ?> && after instanceof Map<?, ?>
                        ? merged((Map<String, Object>) before, (Map<String, Object>) after)
                        : after));
        return both;
    }

    /** Services by their names. */
    public Map<String, ComposeService> services() {
        Map<String, ComposeService> services = new LinkedHashMap<>();
        section("services").forEach((name, fields) -> services.put(name, new ComposeService(name, fields)));
        return services;
    }

    /** An entry of the top level, such as {@code volumes}: what it says of each name. */
    @SuppressWarnings("unchecked") // a section of this format is a mapping of mappings
    public Map<String, Map<String, Object>> section(String name) {
        return (Map<String, Map<String, Object>>) document.getOrDefault(name, Map.of());
    }
}
