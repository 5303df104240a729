package dev.foretoken.contract.request;

/** How the prompt's K/V come to be (Horton et al. 2024, "KV Prediction for Improved Time to First Token"). */
public enum PrefillMode {
    /** Computed by the model itself. The only mode under the batch-invariance promise with repair. */
    EXACT,
    /** Predicted from an auxiliary model. */
    PREDICTED,
    /** Whichever the measured cost model and the time-to-first-token objective choose. */
    AUTO,
    ;
}
