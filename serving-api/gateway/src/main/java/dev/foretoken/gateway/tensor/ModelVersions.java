package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import java.util.List;

/**
 * Models by name and version as the protocol has them: version 3 of {@code toy} is what is served as {@code toy@3}. A model without such names
 * has the one version 1.
 */
public final class ModelVersions {

    private static final String ONLY = "1";
    private static final char SEPARATOR = '@';

    private final ModelCatalog catalog;

    public ModelVersions(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * @param version empty = whatever the name leads to
     * @throws ForetokenException MODEL_NOT_FOUND
     */
    public ServedModel require(String name, String version) {
        if (version.isEmpty()) {
            return catalog.require(name);
        }
        return catalog.find(name + SEPARATOR + version).orElseGet(() -> only(name, version));
    }

    private ServedModel only(String name, String version) {
        ServedModel model = catalog.require(name);
        List<String> known = of(name);
        if (!version.equals(ONLY) || !known.equals(List.of(ONLY))) {
            throw new ForetokenException(
                            ErrorCode.MODEL_NOT_FOUND, "model '" + name + "' has no such version; versions: " + known)
                    .withParam("model_version");
        }
        return model;
    }

    /** Those that can be asked for by number. */
    public List<String> of(String name) {
        String prefix = name + SEPARATOR;
        List<String> versions = catalog.all().stream()
                .map(ServedModel::name)
                .filter(served -> served.startsWith(prefix))
                .map(served -> served.substring(prefix.length()))
                .filter(version -> version.indexOf('/') < 0)
                .toList();
        return versions.isEmpty() ? List.of(ONLY) : versions;
    }

    /** What an answer says of the version that a request asked for, or of the one that answered. */
    public String answering(String name, String asked) {
        return asked.isEmpty() ? of(name).getLast() : asked;
    }
}
