package dev.foretoken.routing.prefix;

/** An endpoint, and how many blocks of a prompt are a hit there. */
public record Holder(String endpoint, int blocks) {}
