package dev.foretoken.gateway.template.syntax;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call as written; {@code spread} is {@code *list}, {@code spreadNamed} is {@code **dict}. */
public record CallArguments(
        List<Expression> positional,
        Map<String, Expression> named,
        @Nullable Expression spread,
        @Nullable Expression spreadNamed) {
    public static final CallArguments NONE = new CallArguments(List.of(), Map.of(), null, null);
}
