package dev.foretoken.nativeruntime.reader;

/** Knows the options of one {@code model_type} and their defaults in Hugging Face transformers. */
@FunctionalInterface
interface ArchitectureReader {
    DecoderTraits traits(CheckpointConfig config);
}
