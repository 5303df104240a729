package dev.foretoken.registry.measure;

/** A text the model was not trained on. {@code nats}: its information content under the grammar that made it. */
public record HeldOutText(String text, String kind, double nats) {}
