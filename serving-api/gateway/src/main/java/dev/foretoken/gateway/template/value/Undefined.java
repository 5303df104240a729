package dev.foretoken.gateway.template.value;

/**
 * A name, key or index that does not exist: prints as nothing, is false, iterates over nothing, fails on everything else.
 *
 * @param reason the sentence of the failure, such as {@code 'tool' is undefined}
 */
public record Undefined(String reason) implements Value {
    public TemplateError error() {
        return new TemplateError(reason);
    }
}
