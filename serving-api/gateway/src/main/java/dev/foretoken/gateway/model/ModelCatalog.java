package dev.foretoken.gateway.model;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** The models that are served now, by name. The application adds and removes them while requests read. */
public final class ModelCatalog {

    private static final int NAMES_IN_MESSAGE = 8;

    private final ConcurrentSkipListMap<String, ServedModel> byName = new ConcurrentSkipListMap<>();

    /** Adds a model, or replaces the one of the same name; requests that have started keep the old one. */
    public void put(ServedModel model) {
        byName.put(model.name(), model);
    }

    public void remove(String name) {
        byName.remove(name);
    }

    /** @throws ForetokenException MODEL_NOT_FOUND, naming what is served */
    public ServedModel require(String name) {
        ServedModel model = byName.get(name);
        if (model == null) {
            throw new ForetokenException(
                            ErrorCode.MODEL_NOT_FOUND, "model '" + shortened(name) + "' is not served; " + offer())
                    .withParam("model");
        }
        return model;
    }

    /** Ordered by name. */
    public List<ServedModel> all() {
        return List.copyOf(byName.values());
    }

    private String offer() {
        List<String> names = byName.keySet().stream()
                .limit(NAMES_IN_MESSAGE)
                .map(n -> "'" + n + "'")
                .toList();
        return names.isEmpty() ? "no model is loaded" : "served here: " + String.join(", ", names);
    }

    private static String shortened(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "...";
    }
}
