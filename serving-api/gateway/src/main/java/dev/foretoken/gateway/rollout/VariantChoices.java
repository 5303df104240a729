package dev.foretoken.gateway.rollout;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.model.VariantMerit;
import dev.foretoken.routing.variant.LoadRule;
import java.util.Optional;

/** Finds what can answer in the place of a served name. */
record VariantChoices(ModelCatalog catalog) {

    private static final char OF_VERSION = '/';

    /** A variant of the version that {@code primary} leads to, by its own name, or whatever is served under that name. */
    Optional<ServedModel> find(ServedModel primary, String variant) {
        return sibling(primary, variant)
                .or(() -> catalog.find(variant))
                .filter(found -> !found.engineModel().equals(primary.engineModel()));
    }

    private Optional<ServedModel> sibling(ServedModel primary, String variant) {
        String answering = primary.engineModel();
        int end = answering.lastIndexOf(OF_VERSION);
        return end < 0 ? Optional.empty() : catalog.find(answering.substring(0, end + 1) + variant);
    }

    /** The same where it can answer whatever {@code primary} could: a request must not be refused because it was led elsewhere. */
    Optional<ServedModel> equivalent(ServedModel primary, String variant) {
        return find(primary, variant).filter(found -> found.canAnswer() && offersAllOf(found, primary));
    }

    private static boolean offersAllOf(ServedModel other, ServedModel primary) {
        Optional<ModelInfo> offered = other.info();
        Optional<ModelInfo> asked = primary.info();
        return offered.isPresent()
                && asked.isPresent()
                && other.tokenizer().isPresent() == primary.tokenizer().isPresent()
                && other.chat().isPresent() == primary.chat().isPresent()
                && offered.get().vocabularySize() == asked.get().vocabularySize()
                && offered.get().contextTokens() >= asked.get().contextTokens()
                && offered.get().tasks().containsAll(asked.get().tasks())
                && other.prefillModes().containsAll(primary.prefillModes());
    }

    /** The variant of a load rule where it is loaded, was measured to be cheaper, and keeps the rule's floor. */
    Optional<ServedModel> cheaper(ServedModel primary, LoadRule rule) {
        Optional<VariantMerit> own = primary.variant().merit();
        return sibling(primary, rule.variant())
                .filter(found -> found.isReady() && offersAllOf(found, primary))
                .filter(found -> own.isPresent()
                        && found.variant()
                                .merit()
                                .filter(merit ->
                                        merit.retention() >= rule.minRetention() && merit.isCheaperThan(own.get()))
                                .isPresent());
    }
}
