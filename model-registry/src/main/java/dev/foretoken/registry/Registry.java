package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.registry.blob.BlobCollection;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.job.BuildJobs;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.trust.KeyRing;
import dev.foretoken.registry.trust.SigningKey;
import dev.foretoken.registry.trust.TrustCheck;
import dev.foretoken.registry.trust.Verdict;
import dev.foretoken.registry.view.VariantView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The models that this place knows: immutable versions, their variants, the aliases that point at them, and what was measured. For any
 * thread; several processes may share one home or one database.
 */
public final class Registry implements AutoCloseable {
    /** Younger blobs that nothing reaches stay: somebody may be about to make them known. */
    public static final Duration GRACE = BlobCollection.DEFAULT_GRACE;

    private final Metadata metadata;
    private final Storage storage;
    private final Signatures signatures;
    private final Shelf shelf;
    private final Intake intake;
    private final BuildJobs jobs;
    private final Upkeep upkeep;
    private final Clock clock;

    private Registry(RegistryConfig config, TrustCheck trust, Metadata metadata, Storage storage, Clock clock) {
        this.metadata = metadata;
        this.storage = storage;
        this.clock = clock;
        signatures = new Signatures(metadata, storage, trust);
        shelf = new Shelf(storage, signatures);
        intake = new Intake(metadata, storage, signatures, clock);
        jobs = new BuildJobs(metadata, shelf, config.home().resolve("jobs"), config.jobs(), clock);
        upkeep = new Upkeep(metadata, storage, jobs, clock);
    }

    /** @throws ForetokenException CONFIG_INVALID, REGISTRY_UNAVAILABLE, STORAGE_FULL */
    public static Registry open(RegistryConfig config) {
        return open(config, Clock.systemUTC());
    }

    static Registry open(RegistryConfig config, Clock clock) {
        TrustCheck trust;
        try {
            Files.createDirectories(config.home());
            trust = new TrustCheck(config.trust(), KeyRing.read(config.trustedKeys()), Ingest::takes);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the registry's folder cannot be made, or its keys not be read; name one that can be written",
                    e);
        }
        Storage storage = Storage.open(config, clock);
        try {
            return new Registry(config, trust, Metadata.open(config.metadataUrl()), storage, clock);
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    /**
     * Makes the next version of a model from files; or finds the version that has the same files.
     *
     * @param source a folder, or a single model file
     * @param trust who put the files there
     * @throws ForetokenException MODEL_FILE_CORRUPT, MODEL_UNSUPPORTED, STORAGE_FULL: then there is no new version
     */
    public Imported importModel(String model, Path source, Trust trust, Provenance from, LoadProgress progress) {
        return intake.files(model, source, trust, from, progress);
    }

    /** Makes the next version from a manifest whose blobs are in {@link #blobs} already, such as those of a pulled artifact. */
    public VariantRef addVersion(String model, Digest manifest) {
        return intake.version(model, manifest).ref();
    }

    /** Makes a variant from a manifest whose blobs are in {@link #blobs} already. @throws ForetokenException REGISTRY_CONFLICT */
    public VariantRef addVariant(VariantRef parent, String name, Digest manifest) {
        return intake.variant(parent, name, manifest);
    }

    /**
     * The variant's files on this machine, the signature and every byte checked: bytes once for as long as nobody writes to their file.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT naming the blob; SIGNATURE_REFUSED
     */
    public VariantView view(VariantRef ref, LoadProgress progress) {
        return shelf.view(row(ref), progress);
    }

    /** The same without a look at its bytes: for headers and tokenizers. What is computed with is checked by {@link #view} first. */
    public VariantView look(VariantRef ref) {
        return shelf.look(row(ref));
    }

    /** The same as what a runtime opens: named by the reference, with the digest of the manifest. */
    public ModelSource open(VariantRef ref, LoadProgress progress) {
        VariantRow row = row(ref);
        return Shelf.source(row, shelf.view(row, progress));
    }

    /**
     * Why the variant may not be loaded under a policy that requires signatures, for replicas, which cannot judge them; empty: it may, as
     * under any other policy, which nothing is read for.
     *
     * @throws ForetokenException MODEL_NOT_FOUND, REGISTRY_UNAVAILABLE
     */
    public Optional<String> refusal(VariantRef ref) {
        return signatures.refusal(ref);
    }

    /** For whoever pushes a variant. */
    public VariantManifest manifest(VariantRef ref) {
        return storage.manifest(row(ref).manifest());
    }

    /** For whoever pulls or pushes: what is put here stays for {@link #GRACE} without being reached. */
    public BlobStore blobs() {
        return storage.blobs();
    }

    /** What the variant's signatures are worth under the policy; reads the whole variant unless the policy is {@code none}. */
    public Verdict trust(VariantRef ref) {
        return signatures.judge(ref);
    }

    /** Keeps a detached signature ({@code model.sig}), good or not. */
    public void addSignature(VariantRef ref, byte[] bundle) {
        signatures.add(ref, bundle);
    }

    public void sign(VariantRef ref, SigningKey key) {
        signatures.sign(ref, key);
    }

    /** Detached signatures as they were made, oldest first. */
    public List<byte[]> signatures(VariantRef ref) {
        return metadata.read(session ->
                session.signatures().of(new Catalogue(session).row(ref).ref()));
    }

    /** Builds of variants. */
    public BuildJobs jobs() {
        return jobs;
    }

    /**
     * Reads every blob and manifest, and compares them with the database.
     *
     * @param setAside moves damaged blobs out of the way, so that importing the same files again heals the variants
     */
    public VerifyReport verify(boolean setAside, LoadProgress progress) {
        return upkeep.verify(setAside, progress);
    }

    /** Removes blobs, views and job folders that nothing reaches and that are older than {@code grace}; see {@link #GRACE}. */
    public CollectReport collectGarbage(Duration grace, LoadProgress progress) {
        return upkeep.collect(grace, progress);
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
     * @throws ForetokenException GATE_REFUSED, with every number that failed; SIGNATURE_REFUSED; MODEL_NOT_FOUND
     */
    public AliasChange setAlias(String model, String alias, Reference target, String why) {
        VariantRef now = resolve(target);
        if (!now.isAuto()) {
            signatures.require(now);
        }
        return metadata.change(session -> new Aliases(session, clock.instant()).set(model, alias, target, why));
    }

    public void removeAlias(String model, String alias, String why) {
        metadata.change(session -> {
            new Aliases(session, clock.instant()).remove(model, alias, why);
            return true;
        });
    }

    /** What groups of runtime pods serve, by group. */
    public List<Assignment> assignments() {
        return metadata.read(session -> session.assignments().all());
    }

    /** What the pods of one group serve; no reference where nothing was said. */
    public Assignment assignment(String group) {
        return metadata.read(session -> session.assignments().of(group));
    }

    /**
     * Has the pods of a group serve this and nothing else, as soon as they look. Without references they serve nothing.
     *
     * @throws ForetokenException MODEL_NOT_FOUND, SIGNATURE_REFUSED
     */
    public void assign(Assignment assignment) {
        for (Reference reference : assignment.references()) {
            VariantRef now = resolve(reference);
            if (!now.isAuto()) {
                signatures.require(now);
            }
        }
        metadata.change(session -> {
            new Assignments(session).set(assignment);
            return true;
        });
    }

    /**
     * A blob as a file on this machine, for whoever sends it to a replica.
     *
     * @throws ForetokenException MODEL_NOT_FOUND where there is no such blob
     */
    public Path blobFile(Digest digest) {
        return storage.file(digest)
                .orElseThrow(
                        () -> new ForetokenException(ErrorCode.MODEL_NOT_FOUND, "the registry has no blob " + digest));
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
        storage.close();
    }

    private VariantRow row(VariantRef ref) {
        return metadata.read(session -> new Catalogue(session).row(ref));
    }
}
