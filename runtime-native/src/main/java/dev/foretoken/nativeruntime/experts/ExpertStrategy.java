package dev.foretoken.nativeruntime.experts;

/** In which order the rows of a step meet the experts. All give the same bits. */
public enum ExpertStrategy {
    /** Token after token, each with its experts: nothing is sorted; an expert that two tokens use is read twice. */
    PER_TOKEN,
    /** Tokens sorted by expert: an expert is read once. */
    GROUPED,
    /** Every token with every expert, also those whose weight it has not: nothing is sorted, more is multiplied. */
    DENSE,
}
