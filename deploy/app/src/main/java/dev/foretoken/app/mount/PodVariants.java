package dev.foretoken.app.mount;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.VariantRef;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Variants in pods, which mount the same registry and follow it by themselves: they load, keep and unload. A gateway does not know their
 * memory: which variant {@code auto} stands for is seen from what they offer.
 */
public record PodVariants(EngineSet pods, VariantCatalogue catalogue) implements VariantEngine {

    private Stream<ModelInfo> infos(VariantRef variant) {
        return pods.now().stream()
                .flatMap(pod -> pod.info(variant.toString()).stream())
                .filter(info -> info.state() != ModelState.FAILED);
    }

    @Override
    public void offer(VariantDetail variant) {
        // pods follow the registry
    }

    @Override
    public Optional<String> obstacle(VariantDetail variant) {
        return infos(variant.ref()).findAny().isPresent() ? Optional.empty() : Optional.of("no pod offers it");
    }

    @Override
    public boolean isReady(VariantRef variant) {
        return infos(variant).anyMatch(info -> info.state() == ModelState.READY);
    }

    /** A name moves when a pod has loaded what it moves to, or none has what it leads to now. */
    @Override
    public void warm(VariantRef variant, Set<VariantRef> beside) {
        if (!isReady(variant) && beside.stream().anyMatch(this::isReady)) {
            throw new ForetokenException(ErrorCode.MODEL_LOADING, "no pod has loaded '" + variant + "' yet");
        }
    }

    @Override
    public void keep(VariantRef variant, boolean kept) {
        // pods know
    }

    @Override
    public void release(VariantRef variant) {
        // pods know
    }

    @Override
    public void withdraw(VariantRef variant) {
        catalogue.drop(variant);
    }
}
