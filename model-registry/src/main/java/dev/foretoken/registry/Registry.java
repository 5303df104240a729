package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The models that this place knows: immutable versions, their variants, the aliases that point at them, and what was measured. For any
 * thread; several processes may share one home or one database.
 */
public final class Registry implements AutoCloseable {
    private final Metadata metadata;
    private final InstantSource clock;

    private Registry(Metadata metadata, InstantSource clock) {
        this.metadata = metadata;
        this.clock = clock;
    }

    /** @throws ForetokenException CONFIG_INVALID, REGISTRY_UNAVAILABLE */
    public static Registry open(RegistryConfig config) {
        return open(config, InstantSource.system());
    }

    static Registry open(RegistryConfig config, InstantSource clock) {
        try {
            Files.createDirectories(config.home());
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the registry's folder cannot be made; name one that can be written", e);
        }
        return new Registry(Metadata.open(config.metadataUrl()), clock);
    }

    /** By name. */
    public List<ModelSummary> models() {
        return metadata.read(session -> new Catalogue(session).models());
    }

    /** @throws ForetokenException MODEL_NOT_FOUND, naming the models that exist */
    public ModelDetail model(String name) {
        return metadata.read(session -> new Catalogue(session).model(name));
    }

    /**
     * What a reference means now; {@code auto} stays so, for the serving side to choose from {@link #candidates}.
     *
     * @throws ForetokenException MODEL_NOT_FOUND, naming what exists instead
     */
    public VariantRef resolve(Reference reference) {
        return metadata.read(session -> new Catalogue(session).resolve(reference));
    }

    /** All variants of a version, oldest first. */
    public List<VariantDetail> candidates(String model, int version) {
        return metadata.read(session -> new Catalogue(session).variants(model, version));
    }

    /** @throws ForetokenException MODEL_NOT_FOUND, naming the variants that exist */
    public VariantDetail variant(VariantRef ref) {
        return metadata.read(session -> new Catalogue(session).variant(ref));
    }

    /**
     * Points an alias there, at once for everybody.
     *
     * @param why for the alias's history; may be empty
     * @throws ForetokenException GATE_REFUSED, with every number that failed; MODEL_NOT_FOUND
     */
    public AliasChange setAlias(String model, String alias, Reference target, String why) {
        return metadata.change(session -> new Aliases(session, clock.instant()).set(model, alias, target, why));
    }

    public void removeAlias(String model, String alias, String why) {
        metadata.change(session -> {
            new Aliases(session, clock.instant()).remove(model, alias, why);
            return true;
        });
    }

    /** The limits for aliases of this model; empty takes them away. Aliases that point somewhere already stay. */
    public void setGate(String model, Optional<Gate> gate) {
        metadata.change(session -> {
            new Catalogue(session).versions(model);
            session.models().setGate(model, gate.map(Gate::json).orElse(""));
            return true;
        });
    }

    /** Keeps a measurement; the newest one is what gates judge. */
    public void addMeasurement(VariantRef ref, Measurement measurement) {
        metadata.change(session -> {
            session.measurements().add(new Catalogue(session).row(ref).ref(), measurement);
            return true;
        });
    }

    /** @throws ForetokenException REGISTRY_CONFLICT while an alias or a job reaches it, naming that one */
    public void removeVariant(VariantRef ref) {
        metadata.change(session -> {
            new Removal(session).variant(ref);
            return true;
        });
    }

    /** With all its variants. @throws ForetokenException REGISTRY_CONFLICT while an alias or a job reaches one of them */
    public void removeVersion(String model, int version) {
        metadata.change(session -> {
            new Removal(session).version(model, version);
            return true;
        });
    }

    /** Grows with every change that anyone makes: cheap to ask often. */
    public long revision() {
        return metadata.revision();
    }

    @Override
    public void close() {
        metadata.close();
    }
}
