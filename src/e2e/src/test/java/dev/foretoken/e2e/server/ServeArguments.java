package dev.foretoken.e2e.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a deployment serves and how, whatever its topology.
 *
 * @param models name to location, as for {@code --model}
 * @param engine options of the process that computes
 * @param edge options of the process that callers talk to
 */
public record ServeArguments(Map<String, String> models, List<String> engine, List<String> edge) {

    public static final ServeArguments NONE = new ServeArguments(Map.of(), List.of(), List.of());

    public ServeArguments {
        models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
        engine = List.copyOf(engine);
        edge = List.copyOf(edge);
    }

    public static ServeArguments of(String model, Path folder) {
        return NONE.model(model, folder);
    }

    public ServeArguments model(String name, Path folder) {
        Map<String, String> more = new LinkedHashMap<>(models);
        more.put(name, folder.toString());
        return new ServeArguments(more, engine, edge);
    }

    public ServeArguments engine(String... options) {
        return new ServeArguments(models, join(engine, options), edge);
    }

    public ServeArguments edge(String... options) {
        return new ServeArguments(models, engine, join(edge, options));
    }

    private static List<String> join(List<String> first, String... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toList();
    }

    List<String> all() {
        return serve("all", engine, edge, "--port", "0", "--grpc-port", "0");
    }

    List<String> runtime(int podPort) {
        return serve("runtime", engine, List.of(), "--port", "0", "--pod-port", Integer.toString(podPort));
    }

    List<String> gateway(List<String> pods) {
        List<String> out = serve("gateway", List.of(), edge, "--port", "0", "--grpc-port", "0");
        pods.forEach(pod -> out.addAll(List.of("--pod", pod)));
        return out;
    }

    private List<String> serve(String role, List<String> engine, List<String> edge, String... ports) {
        List<String> out = new ArrayList<>(List.of("serve", "--role", role));
        models.forEach((name, location) -> out.addAll(List.of("--model", name + "=" + location)));
        out.addAll(engine);
        out.addAll(edge);
        out.addAll(List.of(ports));
        return out;
    }
}
