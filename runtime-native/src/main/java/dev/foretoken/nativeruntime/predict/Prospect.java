package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.WeightSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * A base and an auxiliary that maps are to be fitted between.
 *
 * @param auxiliary as far as its last layer that is captured
 */
record Prospect(Side base, Side auxiliary) {

    /**
     * One of the two.
     *
     * @param weights closed by who opened them
     * @param layers attentions that own K and V, by their number among all
     */
    record Side(ModelPlan plan, WeightSource weights, List<Integer> layers) {
        Side {
            layers = List.copyOf(layers);
        }

        /**
         * Finds the layers.
         *
         * @param name for messages
         * @throws ForetokenException MODEL_UNSUPPORTED where there is something else than attentions that make K and V from their input
         */
        static Side of(String name, ModelPlan plan, WeightSource weights) {
            if (!plan.recurrents().isEmpty()) {
                throw refused(name, "carries a recurrent state, which no map of keys and values gives");
            }
            if (plan.isSequential()) {
                throw refused(name, "has attentions that read what later layers store");
            }
            List<Integer> layers = new ArrayList<>();
            List<Attention> attentions = plan.attentions();
            for (int i = 0; i < attentions.size(); i++) {
                if (owns(name, attentions.get(i), i)) {
                    layers.add(i);
                }
            }
            if (layers.isEmpty()) {
                throw refused(name, "has no attention");
            }
            return new Side(plan, weights, layers);
        }

        private static boolean owns(String name, Attention attention, int index) {
            if (!(attention.maps() instanceof Attention.Direct)) {
                throw refused(
                        name, "has attentions over latent vectors (MLA), which store no keys and values of heads");
            }
            boolean keys = attention.source().ownsKeys(index);
            if (keys != attention.source().ownsValues(index)) {
                throw refused(
                        name, "has an attention that owns only one of keys and values (number %d)".formatted(index));
            }
            return keys;
        }

        private static ForetokenException refused(String name, String why) {
            return new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "kvp: %s %s; keys and values can be predicted for and from models of attentions alone that store keys and values of their own"
                            .formatted(name, why));
        }

        private List<Integer> widths(ToIntFunction<Attention> width) {
            return layers.stream()
                    .map(layer -> width.applyAsInt(plan.attentions().get(layer)))
                    .toList();
        }
    }

    RowWidths keys() {
        return widths(attention -> attention.layout().keyWidth());
    }

    RowWidths values() {
        return widths(attention -> attention.layout().valueWidth());
    }

    private RowWidths widths(ToIntFunction<Attention> width) {
        return new RowWidths(base.widths(width), auxiliary.widths(width));
    }
}
