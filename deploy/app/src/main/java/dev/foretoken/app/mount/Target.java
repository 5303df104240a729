package dev.foretoken.app.mount;

import dev.foretoken.gateway.model.ServedVariant;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.VariantRef;
import java.util.Optional;

/**
 * Where a served name leads.
 *
 * @param eager it is loaded before it is asked for
 * @param choice of a name that leads to {@code auto}
 */
record Target(VariantDetail variant, ServedVariant.Kind kind, boolean eager, Optional<AutoChoice> choice) {
    VariantRef ref() {
        return variant.ref();
    }

    /** What engines call it. */
    String engineModel() {
        return ref().toString();
    }
}
