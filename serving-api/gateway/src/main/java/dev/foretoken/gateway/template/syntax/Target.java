package dev.foretoken.gateway.template.syntax;

import java.util.List;

/** What an assignment or a loop gives a value to. */
public sealed interface Target {
    record Variable(String name) implements Target {}

    record Several(List<Target> targets) implements Target {}

    /** {@code namespace.attribute}. */
    record NamespaceAttribute(String namespace, String attribute) implements Target {}
}
