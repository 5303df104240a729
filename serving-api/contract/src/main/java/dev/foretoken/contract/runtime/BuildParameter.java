package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * A setting of a {@link BuildMethod}; all of them may be left out.
 *
 * @param does what it sets, with its unit or range, a sentence without a full stop
 * @param fallback the value when it is left out; empty: the method decides
 * @param choices all allowed values; empty when there are too many to name
 */
public record BuildParameter(String name, String does, String fallback, List<String> choices) {

    public BuildParameter {
        choices = List.copyOf(choices);
    }

    /** One of few values. */
    public static BuildParameter choice(String name, String does, String fallback, String... choices) {
        return new BuildParameter(name, does, fallback, List.of(choices));
    }

    /** A number or a text. */
    public static BuildParameter free(String name, String does, String fallback) {
        return new BuildParameter(name, does, fallback, List.of());
    }
}
