package dev.foretoken.e2e.compose;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One service of a compose file. */
public record ComposeService(String name, Map<String, Object> fields) {

    /** @param source a path when it begins with a dot, else the name of a volume */
    public record Mount(String source, String target, boolean readOnly) {

        public boolean isPath() {
            return source.startsWith(".");
        }
    }

    /** A port of a container, and where this machine has it. */
    public record Port(String host, int published, int target) {}

    /** Whether its image is built from this checkout. */
    public boolean isOurs() {
        return fields.containsKey("build");
    }

    public String text(String field) {
        return String.valueOf(fields.get(field));
    }

    public List<String> list(String field) {
        Object values = fields.getOrDefault(field, List.of());
        return ((List<?>) values).stream().map(String::valueOf).toList();
    }

    public Map<String, Object> map(String field) {
        Map<String, Object> values = new LinkedHashMap<>();
        ((Map<?, ?>) fields.getOrDefault(field, Map.of()))
                .forEach((key, value) -> values.put(String.valueOf(key), value));
        return values;
    }

    public Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        map("environment").forEach((name, value) -> environment.put(name, String.valueOf(value)));
        return environment;
    }

    public List<Mount> mounts() {
        return list("volumes").stream().map(ComposeService::mount).toList();
    }

    private static Mount mount(String text) {
        String[] parts = text.split(":");
        return new Mount(parts[0], parts[1], parts.length > 2 && parts[2].equals("ro"));
    }

    public List<Port> ports() {
        return list("ports").stream()
                .map(text -> text.split(":"))
                .map(parts -> new Port(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2])))
                .toList();
    }

    /** What is run to see whether it is well. */
    public List<String> healthTest() {
        Object test = ((Map<?, ?>) fields.getOrDefault("healthcheck", Map.of())).get("test");
        return test == null
                ? List.of()
                : ((List<?>) test).stream().map(String::valueOf).toList();
    }
}
