package dev.foretoken.registry.prediction;

import java.util.Locale;

/** Where the auxiliary of a prediction comes from. */
public enum PredictionKind {
    /** A frozen view of some of the base's own layers. */
    LP_SHARED,
    /** A layer-pruned copy of the base that was trained. */
    LP_TRAINED,
    /** Another, smaller model with the same tokenizer. */
    SEPARATE,
    ;

    /** As files name it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
