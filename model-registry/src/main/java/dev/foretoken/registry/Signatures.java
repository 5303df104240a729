package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.trust.ModelSigner;
import dev.foretoken.registry.trust.SignedVariant;
import dev.foretoken.registry.trust.SigningKey;
import dev.foretoken.registry.trust.TrustCheck;
import dev.foretoken.registry.trust.TrustPolicy;
import dev.foretoken.registry.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Keeps detached signatures and asks what they are worth. */
final class Signatures {
    private static final System.Logger LOG = System.getLogger(Signatures.class.getName());
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST = 16;

    private final Metadata metadata;
    private final Storage storage;
    private final TrustCheck check;

    Signatures(Metadata metadata, Storage storage, TrustCheck check) {
        this.metadata = metadata;
        this.storage = storage;
        this.check = check;
    }

    void add(VariantRef ref, byte[] bundle) {
        if (bundle.length > MOST_BYTES) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the signature has %d bytes, at most %d are taken".formatted(bundle.length, MOST_BYTES));
        }
        metadata.change(session -> {
            new Catalogue(session).row(ref);
            if (session.signatures().digests(ref).size() >= MOST) {
                throw new ForetokenException(
                        ErrorCode.REGISTRY_CONFLICT, ref + " has " + MOST + " signatures: that is all it may have");
            }
            session.signatures().add(ref, bundle);
            return true;
        });
    }

    /** A {@code model.sig} in the folder that was imported. */
    void takeBeside(Path source, VariantRef ref) {
        Path file = source.resolve(ModelSigner.FILE_NAME);
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= MOST_BYTES) {
                add(ref, Files.readAllBytes(file));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the signature beside the files of " + ref + " cannot be read", e);
        }
    }

    void sign(VariantRef ref, SigningKey key) {
        add(ref, ModelSigner.sign(signed(row(ref)), key));
    }

    Verdict judge(VariantRef ref) {
        VariantRow row = row(ref);
        return check.judge(signed(row), bundles(ref), storage.blobs()::open);
    }

    /** Of what comes from elsewhere: its parts add up to its files. */
    void requireWhole(VariantManifest manifest) {
        check.requireWhole(manifest.files(), storage.blobs()::open);
    }

    /** Of what an import has just digested. */
    void computed(VariantManifest manifest) {
        check.computed(manifest.files());
    }

    /**
     * SIGNATURE_REFUSED when the policy asks for a signature that is not there; MODEL_FILE_CORRUPT when the database says another
     * configuration than the one that is signed. {@code manifest}: of the row.
     */
    void enforce(VariantRow row, VariantManifest manifest) {
        if (!storage.config(manifest).equals(row.config())) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    row.ref()
                            + ": the database has another configuration than the manifest; look with `models verify`");
        }
        Verdict verdict = check.enforce(
                new SignedVariant(
                        row.ref().toString(),
                        row.manifest(),
                        manifest.files(),
                        row.config().settings()),
                bundles(row.ref()),
                storage.blobs()::open);
        if (verdict.warns()) {
            LOG.log(System.Logger.Level.WARNING, row.ref() + ": " + verdict.sentence());
        }
    }

    /** The same for an alias that is to point there: nothing is read unless the policy asks for a signature. */
    void require(VariantRef ref) {
        if (check.policy() == TrustPolicy.REQUIRE) {
            VariantRow row = row(ref);
            enforce(row, storage.manifest(row.manifest()));
        }
    }

    /** Why {@link #require} refuses it, in a sentence. */
    Optional<String> refusal(VariantRef ref) {
        try {
            require(ref);
            return Optional.empty();
        } catch (ForetokenException e) {
            if (e.code() == ErrorCode.SIGNATURE_REFUSED || e.code() == ErrorCode.MODEL_FILE_CORRUPT) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private SignedVariant signed(VariantRow row) {
        return new SignedVariant(
                row.ref().toString(),
                row.manifest(),
                storage.manifest(row.manifest()).files(),
                row.config().settings());
    }

    private List<byte[]> bundles(VariantRef ref) {
        return metadata.read(session -> session.signatures().of(ref));
    }

    private VariantRow row(VariantRef ref) {
        return metadata.read(session -> new Catalogue(session).row(ref));
    }
}
