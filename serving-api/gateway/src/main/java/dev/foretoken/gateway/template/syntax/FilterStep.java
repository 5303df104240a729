package dev.foretoken.gateway.template.syntax;

/** One {@code | name(arguments)}. */
public record FilterStep(String name, CallArguments arguments, int line) {}
