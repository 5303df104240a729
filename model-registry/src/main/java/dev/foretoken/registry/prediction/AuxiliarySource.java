package dev.foretoken.registry.prediction;

import java.util.List;

/** Where the auxiliary of a prediction is. */
public sealed interface AuxiliarySource {

    /**
     * A view of the base itself, without weights of its own.
     *
     * @param blocks of the base that are kept, ascending
     */
    record Layers(List<Integer> blocks) implements AuxiliarySource {
        public Layers {
            blocks = List.copyOf(blocks);
        }
    }

    /**
     * A model of its own.
     *
     * @param location relative to the prediction's folder, or {@code random:SHAPE}
     */
    record Model(String location) implements AuxiliarySource {}
}
