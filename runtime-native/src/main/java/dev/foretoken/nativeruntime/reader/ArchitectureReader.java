package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.function.Predicate;

/** Knows the options of one {@code model_type} and their defaults in Hugging Face transformers. */
@FunctionalInterface
interface ArchitectureReader {
    /** {@code tensors}: whether the checkpoint has a tensor of a name, for files that name them in more than one way. */
    ModelPlan read(CheckpointConfig config, Predicate<String> tensors);
}
