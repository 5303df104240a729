package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

/**
 * A smaller model that drafts: {@code NAME=PATH} or {@code PATH} on the command line.
 *
 * @param model name of the model it drafts for; empty = every model without one of its own
 * @param location as a {@link ModelMount}'s
 */
public record DraftMount(String model, String location) {
    public DraftMount {
        require(!location.isEmpty(), "draft-model", model + "=", "NAME=PATH or PATH");
    }

    public static DraftMount parse(String text) {
        int equals = text.indexOf('=');
        return new DraftMount(text.substring(0, Math.max(0, equals)), text.substring(equals + 1));
    }

    @Override
    public String toString() {
        return model.isEmpty() ? location : model + "=" + location;
    }
}
