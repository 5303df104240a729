package dev.foretoken.gateway.template.syntax;

import java.util.List;
import java.util.Set;

/** A template's tree. {@code names}: every name that some expression reads. */
public record ParsedTemplate(List<Statement> body, Set<String> names) {
    public ParsedTemplate {
        body = List.copyOf(body);
        names = Set.copyOf(names);
    }
}
