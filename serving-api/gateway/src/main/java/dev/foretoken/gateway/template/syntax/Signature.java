package dev.foretoken.gateway.template.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters of a macro; {@code readsExtra...} tell whether its body names {@code varargs} or {@code kwargs}. */
public record Signature(List<Parameter> parameters, boolean readsExtraPositional, boolean readsExtraNamed) {
    /** One parameter with its default, if it has one. */
    public record Parameter(String name, @Nullable Expression fallback) {}
}
