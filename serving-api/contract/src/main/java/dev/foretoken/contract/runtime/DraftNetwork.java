package dev.foretoken.contract.runtime;

import static dev.foretoken.contract.ConfigCheck.require;

/** The network that proposes tokens for the model to verify: a part of role {@link PartShape.Role#DRAFT}. Never changes an answer. */
public sealed interface DraftNetwork {

    DraftNetwork NONE = new None();

    /** Names the kind, for metrics: proposals without a network are looked up in the text. */
    default String label() {
        return switch (this) {
            case None n -> "lookup";
            case Model m -> "model";
            case Slice s -> "slice";
        };
    }

    /** The model has no draft part. */
    record None() implements DraftNetwork {}

    /** A smaller model with the same vocabulary. */
    record Model(ModelSource source) implements DraftNetwork {}

    /**
     * The model itself, each feed-forward layer cut to its first neurons (MatFormer, Devvrit et al. 2023).
     *
     * @param share of the neurons that are kept, above 0 and below 1
     */
    record Slice(double share) implements DraftNetwork {
        public Slice {
            require(share > 0 && share < 1, "draft-slice", share, "above 0 and below 1");
        }
    }
}
