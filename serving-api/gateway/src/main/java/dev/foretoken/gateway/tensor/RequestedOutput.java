package dev.foretoken.gateway.tensor;

/** @param binary whether the caller wants its bytes behind the JSON; of no meaning in gRPC */
public record RequestedOutput(String name, boolean binary) {}
