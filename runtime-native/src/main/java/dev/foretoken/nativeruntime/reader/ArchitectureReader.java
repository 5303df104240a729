package dev.foretoken.nativeruntime.reader;

import java.util.Optional;

/** Knows the options of one {@code model_type} and their defaults in Hugging Face transformers. */
@FunctionalInterface
interface ArchitectureReader {
    DecoderTraits traits(CheckpointConfig config);

    /** Empty: no layer has experts. */
    default Optional<ExpertTraits> experts(CheckpointConfig config) {
        return Optional.empty();
    }
}
