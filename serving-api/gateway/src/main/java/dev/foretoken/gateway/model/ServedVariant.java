package dev.foretoken.gateway.model;

import java.util.Optional;

/**
 * Where a served name leads.
 *
 * @param engineModel what engines call it: several served names may lead to one model of an engine
 * @param kind what the name is
 * @param parent what the variant was made from; empty for one that was not made from another
 * @param facts what is known of the variant, as a JSON object; empty: nothing
 * @param merit what it was measured to keep and to cost; empty: it was not, or not as the version's imported variant was
 */
public record ServedVariant(
        String engineModel, Kind kind, Optional<String> parent, String facts, Optional<VariantMerit> merit) {

    /** What a served name is. */
    public enum Kind {
        /** A model of its own. */
        MODEL,
        /** It can be pointed at another variant while the server runs. */
        ALIAS,
        /** A version, which is its imported variant. */
        VERSION,
        VARIANT,
    }

    /** Of a name that engines know too. */
    static ServedVariant itself(String name) {
        return new ServedVariant(name, Kind.MODEL, Optional.empty(), "", Optional.empty());
    }
}
