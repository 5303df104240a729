package dev.foretoken.nativeruntime.plan;

/**
 * The attention sublayers whose K and whose V this one reads, by index in {@link ModelPlan#attentions}; its own index = its own. What a later
 * one makes of a token is not there yet when the token is computed, so then all but the token itself is seen (Wu 2024).
 */
public record KvSource(int keys, int values) {
    public static KvSource own(int index) {
        return new KvSource(index, index);
    }

    /** Whether the sublayer at {@code index} computes and stores its own K and V. */
    public boolean isOwn(int index) {
        return ownsKeys(index) && ownsValues(index);
    }

    /** Whether the sublayer at {@code index} reads K or V of a later one. */
    public boolean isAbove(int index) {
        return keys > index || values > index;
    }

    /** Whether the sublayer at {@code index} computes and stores its own K. */
    public boolean ownsKeys(int index) {
        return keys == index;
    }

    /** Whether the sublayer at {@code index} computes and stores its own V. */
    public boolean ownsValues(int index) {
        return values == index;
    }
}
