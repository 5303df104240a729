package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Judges the signatures of variants. A variant is signed when one bundle verifies with a trusted key and its statement names exactly the
 * variant's files; what the key signed, and not what the bundle says about itself, is believed. For any thread.
 */
public final class TrustCheck {

    private final TrustPolicy policy;
    private final KeyRing keys;
    private final Predicate<String> imported;
    private final WholeFiles wholeFiles = new WholeFiles();

    /** {@code imported}: whether an import takes a file of this path; only others may be signed and not be here. */
    public TrustCheck(TrustPolicy policy, KeyRing keys, Predicate<String> imported) {
        this.policy = policy;
        this.keys = keys;
        this.imported = imported;
    }

    public TrustPolicy policy() {
        return policy;
    }

    /**
     * Says what the signatures are worth; never throws for a bad one. {@code signatures}: the bytes of all bundles of this variant; {@code
     * parts}: reads blobs, all of which must have been checked against their digests.
     */
    public Verdict judge(SignedVariant variant, List<byte[]> signatures, PartReader parts) {
        if (policy == TrustPolicy.NONE) {
            return new Verdict(policy, Optional.empty(), List.of("signatures are not looked at"));
        }
        List<String> findings = new ArrayList<>();
        for (byte[] signature : signatures) {
            try {
                PublicHalf key = signer(variant, signature, parts);
                return new Verdict(policy, Optional.of(key), findings);
            } catch (ForetokenException e) {
                findings.add(String.valueOf(e.getMessage()));
            }
        }
        if (signatures.isEmpty()) {
            findings.add(variant.name() + " is not signed");
        }
        return new Verdict(policy, Optional.empty(), findings);
    }

    /**
     * The same, to be called before every load.
     *
     * @throws ForetokenException SIGNATURE_REFUSED when the policy requires a signature and none counts
     */
    public Verdict enforce(SignedVariant variant, List<byte[]> signatures, PartReader parts) {
        Verdict verdict = judge(variant, signatures, parts);
        if (!verdict.allowed()) {
            throw new ForetokenException(
                    ErrorCode.SIGNATURE_REFUSED,
                    "%s may not be loaded: %s; the policy requires a signature by a trusted key (%s)"
                            .formatted(variant.name(), verdict.sentence(), keys.names()));
        }
        return verdict;
    }

    /** The trusted key that signed exactly this variant; throws SIGNATURE_REFUSED with what is wrong. */
    private PublicHalf signer(SignedVariant variant, byte[] signature, PartReader parts) {
        SignatureBundle bundle = SignatureBundle.parse(signature);
        PublicHalf key = key(bundle);
        Statement statement = Statement.parse(bundle.payload());
        requireSameFiles(statement, variant);
        requireSameManifest(statement, variant);
        wholeFiles.firstWrong(variant.files(), parts).ifPresent(wrong -> {
            throw SignatureJson.refused("the parts of " + Quoted.of(wrong) + " are not the file that was signed");
        });
        return key;
    }

    /**
     * Refuses files whose parts are not what their digest says, whatever the policy; reads those that are not known yet.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    public void requireWhole(List<ModelFile> files, PartReader parts) {
        wholeFiles.firstWrong(files, parts).ifPresent(wrong -> {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the parts of " + Quoted.of(wrong) + " are not the file that the manifest says; it is not taken");
        });
    }

    /** Spares reading files again whose digest the caller computed from the very bytes that are in their parts. */
    public void computed(List<ModelFile> files) {
        wholeFiles.add(files);
    }

    private PublicHalf key(SignatureBundle bundle) {
        byte[] message = SignatureBundle.toBeSigned(bundle.payload());
        if (bundle.hint().isEmpty()) {
            return keys.keys().stream()
                    .filter(key -> key.verifies(message, bundle.signature()))
                    .findFirst()
                    .orElseThrow(() -> SignatureJson.refused("no trusted key made the signature; " + keys.names()));
        }
        PublicHalf key = keys.find(bundle.hint())
                .orElseThrow(() -> SignatureJson.refused("the signature is by the unknown key %s; %s"
                        .formatted(Quoted.of(bundle.hint()), keys.names())));
        if (!key.verifies(message, bundle.signature())) {
            throw SignatureJson.refused(
                    "the signature is not one of key " + key.name() + ", or what it signs was changed");
        }
        return key;
    }

    private void requireSameFiles(Statement statement, SignedVariant variant) {
        Map<String, Digest> signed = new HashMap<>();
        statement.files().forEach(file -> signed.put(file.name(), file.digest()));
        for (ModelFile file : variant.files()) {
            Digest expected = signed.remove(file.path());
            if (expected == null) {
                throw SignatureJson.refused("file " + Quoted.of(file.path()) + " is not among those that were signed");
            }
            if (!expected.equals(file.digest())) {
                throw SignatureJson.refused(
                        "file %s has %s, signed was %s".formatted(Quoted.of(file.path()), file.digest(), expected));
            }
        }
        signed.keySet().stream().filter(imported).sorted().findFirst().ifPresent(missing -> {
            throw SignatureJson.refused("file " + Quoted.of(missing) + " was signed and is missing");
        });
    }

    private static void requireSameManifest(Statement statement, SignedVariant variant) {
        if (statement.manifest().isEmpty()) {
            if (!variant.settings().isEmpty()) {
                throw SignatureJson.refused(
                        "the signature is over files alone, %s also has load settings %s; sign the variant"
                                .formatted(variant.name(), variant.settings().keySet()));
            }
            return;
        }
        Digest signed = statement.manifest().get();
        if (!signed.equals(variant.manifest())) {
            throw SignatureJson.refused(
                    "the signature is for another manifest, %s, this one is %s".formatted(signed, variant.manifest()));
        }
    }
}
