package dev.foretoken.gateway.model;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** The models that are served now, by name. The application adds them while requests read. */
public final class ModelCatalog {

    /** Between the name of a model and that of an adapter. */
    static final char SEPARATOR = ':';

    private static final int NAMES_IN_MESSAGE = 8;

    private final ConcurrentSkipListMap<String, ServedModel> byName = new ConcurrentSkipListMap<>();

    /** Adds a model, or replaces the one of the same name; requests that have started keep the old one. */
    public void put(ServedModel model) {
        byName.put(model.name(), model);
    }

    /** Takes a model out; requests that have started keep it. */
    public void remove(String name) {
        byName.remove(name);
    }

    /** The model of a name as it is now. */
    public Optional<ServedModel> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The model of a name, or of {@code name:adapter}.
     *
     * @throws ForetokenException MODEL_NOT_FOUND, naming what is served
     */
    public ServedModel require(String name) {
        ServedModel model = byName.get(name);
        return model == null ? adapted(name) : model;
    }

    private ServedModel adapted(String name) {
        int end = name.lastIndexOf(SEPARATOR);
        ServedModel base = end < 0 ? null : byName.get(name.substring(0, end));
        if (base == null) {
            throw notFound(name, offer());
        }
        String adapter = name.substring(end + 1);
        List<String> known = adapters(base);
        // An engine that has not said anything yet is asked when the request is there.
        if (base.info().isPresent() && !known.contains(adapter)) {
            throw notFound(
                    name,
                    known.isEmpty()
                            ? "'" + base.name() + "' has no adapters loaded"
                            : "adapters loaded: " + quoted(known, base.name() + SEPARATOR));
        }
        return base.with(adapter);
    }

    /** Those that requests can name now. */
    private static List<String> adapters(ServedModel base) {
        return base.endpoints().stream()
                .flatMap(endpoint -> endpoint.info(base.engineModel()).stream())
                .flatMap(info -> info.adapters().stream())
                .map(AdapterInfo::name)
                .distinct()
                .toList();
    }

    private static ForetokenException notFound(String name, String instead) {
        return new ForetokenException(
                        ErrorCode.MODEL_NOT_FOUND, "model '" + shortened(name) + "' is not served; " + instead)
                .withParam("model");
    }

    /** Ordered by name. */
    public List<ServedModel> all() {
        return List.copyOf(byName.values());
    }

    private String offer() {
        List<String> names = List.copyOf(byName.keySet());
        return names.isEmpty() ? "no model is loaded" : "served here: " + quoted(names, "");
    }

    private static String quoted(List<String> names, String prefix) {
        return names.stream()
                .limit(NAMES_IN_MESSAGE)
                .map(name -> "'" + prefix + name + "'")
                .collect(Collectors.joining(", "));
    }

    private static String shortened(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "...";
    }
}
