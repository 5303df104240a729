package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantConfigJson;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.Session;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;

/** Makes versions and variants: all bytes are stored first, then one transaction makes them visible. */
final class Intake {
    private static final int MOST_CONFIG_BYTES = 4 << 20;

    private final Metadata metadata;
    private final Storage storage;
    private final Signatures signatures;
    private final Clock clock;

    Intake(Metadata metadata, Storage storage, Signatures signatures, Clock clock) {
        this.metadata = metadata;
        this.storage = storage;
        this.signatures = signatures;
        this.clock = clock;
    }

    /** A version made, or found. */
    record Version(VariantRef ref, boolean known) {}

    Imported files(String model, Path source, Trust trust, Provenance from, LoadProgress progress) {
        Names.require("model", model);
        ImportReport report = new Ingest(storage.blobs()).store(source, trust, Ingest.imported(from), progress);
        signatures.computed(report.manifest());
        Version version = version(model, report.digest(), report.manifest(), report.config());
        signatures.takeBeside(source, version.ref());
        return new Imported(version.ref(), version.known(), report, signatures.judge(version.ref()));
    }

    /** The next version of what is in the store already, such as a pulled artifact; or the one that has the same files. */
    Version version(String model, Digest manifest) {
        Names.require("model", model);
        VariantManifest read = storage.manifest(manifest);
        signatures.requireWhole(read);
        return version(model, manifest, read, config(read));
    }

    VariantRef variant(VariantRef parent, String name, Digest manifest) {
        VariantManifest read = storage.manifest(manifest);
        signatures.requireWhole(read);
        VariantConfig config = config(read);
        VariantRef ref = parent.sibling(Names.requireNewVariant(name));
        storage.renew(read, manifest);
        return metadata.change(session -> {
            new Catalogue(session).row(parent);
            if (session.variants().find(ref).isPresent()) {
                throw new ForetokenException(
                        ErrorCode.REGISTRY_CONFLICT, ref + " exists, and variants never change: choose another name");
            }
            session.variants().add(row(ref, manifest, read, config));
            return ref;
        });
    }

    private Version version(String model, Digest digest, VariantManifest manifest, VariantConfig config) {
        storage.renew(manifest, digest);
        return metadata.change(session -> {
            Optional<VariantRow> known = session.variants().withContent(model, Names.BASE, manifest.contentDigest());
            return known.isPresent()
                    ? new Version(known.get().ref(), true)
                    : new Version(add(session, model, digest, manifest, config), false);
        });
    }

    private VariantRef add(Session session, String model, Digest digest, VariantManifest manifest, VariantConfig config)
            throws SQLException {
        VariantRef ref = VariantRef.base(model, session.models().addVersion(model, clock.instant()));
        session.variants().add(row(ref, digest, manifest, config));
        return ref;
    }

    private VariantRow row(VariantRef ref, Digest digest, VariantManifest manifest, VariantConfig config) {
        return new VariantRow(ref, digest, manifest.contentDigest(), config, manifest.fileBytes(), clock.instant());
    }

    private VariantConfig config(VariantManifest manifest) {
        return VariantConfigJson.parse(storage.blobs()
                .read(manifest.config().digest(), MOST_CONFIG_BYTES)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "the variant's configuration is missing from the store")));
    }
}
