package dev.foretoken.app.mount;

import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.VariantRef;
import java.util.Optional;
import java.util.Set;

/** The engines that compute variants: this process's own, or pods. */
public interface VariantEngine {

    /** Makes the variant known; again is fine. @throws dev.foretoken.contract.ForetokenException what keeps it from ever being loaded */
    void offer(VariantDetail variant);

    /** Why the variant cannot be loaded here; empty: it can. */
    Optional<String> obstacle(VariantDetail variant);

    boolean isReady(VariantRef variant);

    /**
     * Returns once it answers.
     *
     * @throws dev.foretoken.contract.ForetokenException INSUFFICIENT_MEMORY: not beside those; MODEL_LOADING: look again later; any other: it
     *     cannot be loaded
     */
    void warm(VariantRef variant, Set<VariantRef> beside);

    void keep(VariantRef variant, boolean kept);

    /** No name leads there any more; requests that had come before may still reach it. */
    void release(VariantRef variant);

    /** Nothing reaches it any more. */
    void withdraw(VariantRef variant);
}
