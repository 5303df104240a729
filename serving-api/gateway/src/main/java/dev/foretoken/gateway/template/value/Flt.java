package dev.foretoken.gateway.template.value;

/** A floating-point number. */
public record Flt(double value) implements Value {}
