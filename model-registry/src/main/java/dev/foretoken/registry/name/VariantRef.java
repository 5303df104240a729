package dev.foretoken.registry.name;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;

/**
 * One variant of one version of a model, or (variant {@code auto}) whichever variant of that version fits best. Printed as {@code toy@3/q4}.
 *
 * @param version 1, 2, ... as the registry counted it
 */
public record VariantRef(String model, int version, String variant) {
    public VariantRef {
        Names.require("model", model);
        Names.require("variant", variant);
        if (version < 1) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "%s@%d: versions are counted from 1; name one that exists".formatted(model, version));
        }
    }

    /** The variant that the import of a version made. */
    public static VariantRef base(String model, int version) {
        return new VariantRef(model, version, Names.BASE);
    }

    public static VariantRef auto(String model, int version) {
        return new VariantRef(model, version, Names.AUTO);
    }

    /** Whether the serving side chooses the variant. */
    public boolean isAuto() {
        return variant.equals(Names.AUTO);
    }

    public boolean isBase() {
        return variant.equals(Names.BASE);
    }

    /** Another variant of the same version. */
    public VariantRef sibling(String name) {
        return new VariantRef(model, version, name);
    }

    @Override
    public String toString() {
        return model + "@" + version + "/" + variant;
    }
}
