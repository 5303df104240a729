package dev.foretoken.app.mount;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;

/** What is read of the registry. */
public interface VariantCatalogue {

    /** Grows with every change. */
    long revision();

    /** @throws dev.foretoken.contract.ForetokenException MODEL_NOT_FOUND, naming the models that exist */
    ModelDetail model(String name);

    /** The variant's files as runtimes and tokenizers open them; not checked. */
    Path folder(VariantRef variant);

    /**
     * Reads every byte, and the signature as the policy asks.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT, SIGNATURE_REFUSED
     */
    void check(VariantRef variant, LoadProgress progress);

    /** It is not served any more: copies of its files may go. */
    default void drop(VariantRef variant) {
        // They are the registry's own.
    }
}
