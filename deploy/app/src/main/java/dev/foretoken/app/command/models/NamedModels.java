package dev.foretoken.app.command.models;

import dev.foretoken.registry.Registry;
import dev.foretoken.registry.job.ModelParameter;
import dev.foretoken.registry.name.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Models that parameters name, said so that whoever runs the job finds the same ones: whole paths, and variants that no alias moves. */
final class NamedModels {

    private NamedModels() {}

    static Map<String, String> fixed(Registry registry, Map<String, String> parameters) {
        Map<String, String> fixed = new TreeMap<>();
        parameters.forEach((name, value) -> fixed.put(name, fixed(registry, value)));
        return fixed;
    }

    private static String fixed(Registry registry, String value) {
        if (value.startsWith(ModelParameter.TRAINED)) {
            return ModelParameter.TRAINED + whole(value.substring(ModelParameter.TRAINED.length()));
        }
        if (!value.startsWith(ModelParameter.MODEL)) {
            return value;
        }
        String named = value.substring(ModelParameter.MODEL.length());
        return ModelParameter.MODEL
                + (Files.exists(Path.of(named))
                        ? whole(named)
                        : registry.resolve(Reference.parse(named)).toString());
    }

    private static String whole(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }
}
