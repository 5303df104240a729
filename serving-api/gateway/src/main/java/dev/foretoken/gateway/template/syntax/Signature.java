package dev.foretoken.gateway.template.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a macro.
 *
 * @param readsExtraPositional whether its body names {@code varargs}
 * @param readsExtraNamed whether its body names {@code kwargs}
 * @param readsCaller whether its body names {@code caller}
 */
public record Signature(
        List<Parameter> parameters, boolean readsExtraPositional, boolean readsExtraNamed, boolean readsCaller) {
    /** One parameter with its default, if it has one. */
    public record Parameter(String name, @Nullable Expression fallback) {}
}
