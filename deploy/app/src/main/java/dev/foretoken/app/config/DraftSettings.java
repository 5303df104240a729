package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.contract.runtime.DraftNetwork;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What drafts for which model.
 *
 * @param models smaller models
 * @param slice share of its own neurons that drafts for a model without a smaller one; 0 = none, drafts then come from the text
 */
public record DraftSettings(List<DraftMount> models, double slice) {

    public static final DraftSettings TEXT = new DraftSettings(List.of(), 0);
    private static final String OWN = "draft";

    public DraftSettings {
        models = List.copyOf(models);
        require(slice >= 0 && slice < 1, "draft-slice", slice, "above 0 and below 1, or 0 for none");
        Set<String> names = new HashSet<>();
        for (DraftMount draft : models) {
            require(names.add(draft.model()), "draft-model", draft, "given once per model");
        }
    }

    boolean useNetworks() {
        return !models.isEmpty() || slice > 0;
    }

    /** What drafts for a model. */
    DraftNetwork of(ModelMount model, ModelLocation locations) {
        Optional<DraftMount> smaller = named(model.name()).or(() -> named(""));
        if (smaller.isPresent()) {
            return new DraftNetwork.Model(
                    locations.source(new ModelMount(OWN, smaller.get().location())));
        }
        return slice > 0 ? new DraftNetwork.Slice(slice) : DraftNetwork.NONE;
    }

    private Optional<DraftMount> named(String model) {
        return models.stream().filter(draft -> draft.model().equals(model)).findFirst();
    }

    /** Every name is that of a model that is served. */
    void requireNamesIn(List<ModelMount> served) {
        for (DraftMount draft : models) {
            boolean known = draft.model().isEmpty()
                    || served.stream().anyMatch(model -> model.name().equals(draft.model()));
            require(known, "draft-model", draft, "for a model that is served");
        }
    }
}
