package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Routing;
import java.util.Optional;

/** Granite 3 with experts in every layer, weighted by the softmax of the chosen ones. */
final class GraniteMoeReader implements DecoderReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        return new GraniteReader().traits(config);
    }

    @Override
    public Optional<ExpertTraits> experts(CheckpointConfig config) {
        return Optional.of(new ExpertTraits(
                config.experts(8),
                config.size("intermediate_size"),
                Routing.softmax(config.size("num_experts_per_tok", 2), true),
                ExpertNames.GRANITE,
                ExpertTraits.EVERY_LAYER));
    }
}
