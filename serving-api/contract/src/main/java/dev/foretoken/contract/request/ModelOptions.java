package dev.foretoken.contract.request;

import java.util.Optional;

/** Choices that depend on what the served variant offers. {@code adapter}: name of a loaded LoRA adapter. */
public record ModelOptions(PrefillOptions prefill, Optional<ConstraintSpec> constraint, Optional<String> adapter) {
    public static final ModelOptions DEFAULT =
            new ModelOptions(PrefillOptions.EXACT, Optional.empty(), Optional.empty());

    public ModelOptions withPrefill(PrefillOptions value) {
        return new ModelOptions(value, constraint, adapter);
    }

    public ModelOptions withAdapter(Optional<String> value) {
        return new ModelOptions(prefill, constraint, value);
    }
}
