package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Parameters of builds that name another model: {@code model:PATH}, {@code model:toy@3/q4}, {@code trained:PATH}. */
public final class ModelParameter {

    /** Before a path, or a variant of this registry. */
    public static final String MODEL = "model:";

    /** Before a path. */
    public static final String TRAINED = "trained:";

    private ModelParameter() {}

    /** The variant that it names; empty for a path and for what names no model. */
    public static Optional<VariantRef> variant(String value) {
        if (!value.startsWith(MODEL) || value.startsWith("/", MODEL.length())) {
            return Optional.empty();
        }
        return Reference.parse(value.substring(MODEL.length())) instanceof Reference.Exact exact
                ? Optional.of(exact.ref())
                : Optional.empty();
    }

    /** The same with paths in place of variants. */
    static Map<String, String> opened(
            Map<String, String> parameters,
            Function<VariantRef, VariantRow> find,
            Function<VariantRow, ModelSource> open) {
        Map<String, String> opened = new TreeMap<>();
        parameters.forEach((name, value) -> opened.put(
                name,
                variant(value).map(find).map(open).map(ModelParameter::path).orElse(value)));
        return opened;
    }

    private static String path(ModelSource source) {
        if (!source.isFile()) {
            throw new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, source.name() + " has no files on this machine");
        }
        return MODEL + Path.of(source.location());
    }
}
